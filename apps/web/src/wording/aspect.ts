// Octants: 0 N, 1 NE … 7 NW, 45° each, centred.

export const octants = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"] as const;

const spoken: Record<string, string> = {
  N: "north",
  NE: "north-east",
  E: "east",
  SE: "south-east",
  S: "south",
  SW: "south-west",
  W: "west",
  NW: "north-west",
};

export function octantOf(aspectDeg: number): string {
  return octants[Math.floor((aspectDeg + 22.5) / 45) & 7] as string;
}

/** For a voice: "north-east". */
export function spokenOctant(octant: string): string {
  return spoken[octant] ?? octant;
}

/** "all aspects", "N, NE and E", "no aspect known". */
export function aspectList(names: string[]): string {
  if (names.length === 0) return "no aspect (flat or not known)";
  if (octants.every((octant) => names.includes(octant))) return "all aspects";
  return octants.filter((octant) => names.includes(octant)).join(", ") || names.join(", ");
}
