import type { Bound, Coverage } from "../api/forecast";
import { octants } from "./aspect";
import { listed } from "./unit";

const bandNames = ["upper elevations", "middle elevations", "lower elevations"];

/** Aspects of one band of a rose, in order round the compass. */
export function roseAspects(rose: number, band: number): string[] {
  return octants.filter((_, octant) => ((rose >> (band * 8 + octant)) & 1) === 1);
}

function boundWords(bound: Bound): string {
  if (bound.kind === "metres" && bound.m !== null) return `${bound.m} m`;
  if (bound.kind === "treeline") return "the treeline";
  return "an elevation that could not be read";
}

function elevationWords(where: Coverage): string {
  const { lower, upper } = where;
  if (lower.kind === "none" && upper.kind === "none") return "all elevations";
  if (upper.kind === "none") return `above ${boundWords(lower)}`;
  if (lower.kind === "none") return `below ${boundWords(upper)}`;
  return `between ${boundWords(lower)} and ${boundWords(upper)}`;
}

/** Where a rating or a problem applies, in words: "above 2200 m, N, NE and E". */
export function coverageWords(where: Coverage): string {
  const rose = where.rose;
  if (rose !== null) {
    const bands = bandNames.flatMap((name, band) => {
      const aspects = roseAspects(rose, band);
      if (aspects.length === 0) return [];
      return [aspects.length === 8 ? name : `${name} on ${listed(aspects)}`];
    });
    return bands.length > 0 ? bands.join("; ") : "nowhere stated";
  }
  const heights = elevationWords(where);
  if (!where.aspectsStated || where.aspects.length === 8) return heights;
  return `${heights}, ${where.aspects.length > 0 ? listed(where.aspects) : "no aspect stated"}`;
}
