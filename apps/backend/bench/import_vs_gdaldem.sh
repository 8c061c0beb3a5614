#!/usr/bin/env bash
# CPU time of a terrain import against the two gdaldem runs that it replaces, on one uncompressed float raster.
# Reading and writing are included on both sides. Prints the ratio of each round and their median.
#
#   import_vs_gdaldem.sh ASPECTAVY RASTER_OR_SIZE [ROUNDS]
#
# RASTER_OR_SIZE: a GeoTIFF, or a number of cells a side (a fractal raster of that size is made with GDAL).
set -euo pipefail

program=${1:?usage: import_vs_gdaldem.sh ASPECTAVY RASTER_OR_SIZE [ROUNDS]}
input=${2:?usage: import_vs_gdaldem.sh ASPECTAVY RASTER_OR_SIZE [ROUNDS]}
rounds=${3:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# User and system seconds of a command and its children.
cpu_seconds() {
  local TIMEFORMAT='%U %S'
  { time "$@" >/dev/null 2>"$work/stderr"; } 2>&1 | awk '{print $1 + $2}'
}

if [[ $input =~ ^[0-9]+$ ]]; then
  awk -v n=64 'BEGIN {
    srand(7); printf "ncols %d\nnrows %d\nxllcorner 500000\nyllcorner 5200000\ncellsize 100\n", n, n
    for (r = 0; r < n; r++) { for (c = 0; c < n; c++) printf "%.1f ", 1500 + 400 * sin(r / 7) * cos(c / 5) + 80 * rand(); print "" }
  }' >"$work/seed.asc"
  gdal_translate -q -a_srs EPSG:32632 -ot Float32 -outsize "$input" "$input" -r cubicspline "$work/seed.asc" "$work/dem.tif"
  input=$work/dem.tif
fi

ratios=()
for ((round = 1; round <= rounds; round++)); do
  slope=$(cpu_seconds gdaldem slope -q "$input" "$work/slope.tif")
  aspect=$(cpu_seconds gdaldem aspect -q "$input" "$work/aspect.tif")
  ours=$(cpu_seconds "$program" terrain import "$input" --out "$work/terrain.store")
  ratio=$(awk -v s="$slope" -v a="$aspect" -v o="$ours" 'BEGIN {printf "%.1f", (s + a) / o}')
  printf 'round %d: gdaldem slope %.2f s + aspect %.2f s, import %.3f s, ratio %s\n' "$round" "$slope" "$aspect" "$ours" "$ratio"
  ratios+=("$ratio")
  rm -f "$work"/slope.tif "$work"/aspect.tif "$work"/terrain.store
done
printf '%s\n' "${ratios[@]}" | sort -n | awk '{r[NR] = $1} END {print "median ratio " r[int((NR + 1) / 2)]}'
