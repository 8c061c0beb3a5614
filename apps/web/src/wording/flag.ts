// What a reader should know about how a level came about.

const flags: Record<string, string> = {
  height_uncertain: "A band border or the treeline is not known well here; the worse side was taken.",
  conflicting_ratings: "The forecast contradicts itself here; the highest rating was taken.",
  derived_one_level_rule:
    "Outside the stated problems the rule counts one level below the official rating (which is shown beside it).",
  problems_unknown: "The forecast’s problems are not fully known; moderate was taken as persistent-slab moderate.",
  aspect_ambiguous: "The slope faces close to the edge of two aspects; both were looked at.",
  no_aspect: "Flat ground or no aspect known; all aspects were looked at.",
  all_ground_closed: "At this level the rule closes all ground, whatever its slope.",
  overlapping_zones: "Several zones apply here; the highest level was taken.",
  overridden: "Your override decides the level here, not the official danger.",
};

export function flagSentence(flag: string): string {
  return flags[flag] ?? flag.replaceAll("_", " ");
}
