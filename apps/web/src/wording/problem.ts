// Avalanche problems in the words that both scales' centres use.

const problems: Record<string, string> = {
  dry_loose: "Dry loose snow",
  storm_slab: "Storm slab",
  wind_slab: "Wind slab",
  persistent_slab: "Persistent slab",
  deep_persistent_slab: "Deep persistent slab",
  wet_loose: "Wet loose snow",
  wet_slab: "Wet slab",
  cornice: "Cornices",
  glide: "Glide avalanches",
  new_snow: "New snow",
  persistent_weak_layers: "Persistent weak layers",
  wet_snow: "Wet snow",
  gliding_snow: "Gliding snow",
  no_distinct_problem: "No distinct problem",
  unrecognised: "A problem this program does not know",
};

export function problemWord(type: string): string {
  return problems[type] ?? type.replaceAll("_", " ");
}
