// Danger levels and how each provider's scale words and colours them. The two palettes are never mixed: every
// class name carries the scale.

export type Scale = "eaws" | "north_american" | "neutral";

export function scaleOf(name: string | undefined): Scale {
  return name === "eaws" || name === "north_american" ? name : "neutral";
}

/** The one scale that all of them share; neutral when they differ or there are none. */
export function sharedScale(names: string[]): Scale {
  const first = names[0];
  return names.every((name) => name === first) ? scaleOf(first) : "neutral";
}

export const scaleTitle: Record<Scale, string> = {
  eaws: "European avalanche danger scale (EAWS)",
  north_american: "North American public avalanche danger scale",
  neutral: "danger scale",
};

const numbers: Record<string, number> = {
  low: 1,
  moderate: 2,
  scary_moderate: 2,
  considerable: 3,
  high: 4,
  extreme: 5,
};

const words: Record<Scale, string[]> = {
  eaws: ["Low", "Moderate", "Considerable", "High", "Very high"],
  north_american: ["Low", "Moderate", "Considerable", "High", "Extreme"],
  neutral: ["Low", "Moderate", "Considerable", "High", "Extreme"],
};

export function dangerNumber(level: string): number | undefined {
  return numbers[level];
}

export function dangerWord(level: number, scale: Scale): string {
  return words[scale][level - 1] ?? `Level ${level}`;
}

/** A level of the rules, official or "scary_moderate", in words: "Considerable". */
export function levelWord(level: string, scale: Scale): string {
  if (level === "scary_moderate") return "Moderate with a persistent slab";
  const number = numbers[level];
  return number === undefined ? level.replaceAll("_", " ") : dangerWord(number, scale);
}

/** With its number in front: "3 Considerable". */
export function levelLabel(level: string, scale: Scale): string {
  const number = numbers[level];
  return number === undefined ? levelWord(level, scale) : `${number} ${levelWord(level, scale)}`;
}

/** The six levels of the rules, least to most dangerous. */
export const ruleLevels = ["low", "moderate", "scary_moderate", "considerable", "high", "extreme"] as const;
