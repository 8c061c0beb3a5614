// Overrides in words.

import type { ChosenBands, OfficialDanger, OverrideEntry } from "../api/override";
import { levelLabel, type Scale } from "./danger";
import { problemWord } from "./problem";
import { listed } from "./unit";

export const bandNames = ["upper", "middle", "lower"] as const;
export type BandName = (typeof bandNames)[number];

export const bandWord: Record<BandName, string> = {
  upper: "Upper band",
  middle: "Middle band",
  lower: "Lower band",
};

/** "Everywhere 2 Moderate"; "Upper band 4 High, lower band as official". */
export function bandsWords(bands: ChosenBands, scale: Scale): string {
  const { upper, middle, lower } = bands;
  if (upper === null && middle === null && lower === null) return "Levels as official";
  if (upper !== null && upper === middle && upper === lower) return `Everywhere ${levelLabel(upper, scale)}`;
  return bandNames
    .map((name, i) => {
      const word = i === 0 ? bandWord[name] : bandWord[name].toLowerCase();
      const level = bands[name];
      return `${word} ${level === null ? "as official" : levelLabel(level, scale)}`;
    })
    .join(", ");
}

export function problemsWords(problems: { type: string }[] | null): string {
  if (problems === null) return "Problems as official";
  if (problems.length === 0) return "No avalanche problem";
  return listed(problems.map((problem) => problemWord(problem.type)));
}

function isBand(value: unknown): value is { level: string | null } {
  return typeof value === "object" && value !== null && "level" in value;
}

/** What was official at that moment. */
export function officialWords(official: OfficialDanger, scale: Scale): string {
  const level = (name: BandName) => {
    const band: unknown = official.bands[name];
    return isBand(band) ? band.level : null;
  };
  const bands: ChosenBands = { upper: level("upper"), middle: level("middle"), lower: level("lower") };
  if (bandNames.every((name) => bands[name] === null)) return "No official rating";
  return bandsWords(bands, scale).replaceAll("as official", "not rated");
}

const actions: Record<string, string> = {
  put: "You set it",
  delete: "You removed it",
};

const causes: Record<string, string> = {
  ended: "It reached its end",
  new_forecast: "It lapsed: another forecast was issued",
};

export function entryTitle(entry: OverrideEntry): string {
  if (entry.action === "lapsed") return causes[entry.cause ?? ""] ?? "It lapsed";
  return actions[entry.action] ?? entry.action.replaceAll("_", " ");
}
