// A person's own danger for a forecast zone, as the api serves it.

import type { Assessment } from "./assessment";

export interface ChosenBands {
  upper: string | null;
  middle: string | null;
  lower: string | null;
}

export interface Override {
  id: string;
  zoneId: string;
  zoneKey: string;
  zoneName: string;
  reason: string;
  baseForecastId: string;
  setAt: string;
  endsAt: string;
  bands: ChosenBands;
  problems: { type: string }[] | null;
  lowersDanger: boolean;
}

export interface OfficialDanger {
  forecasts: { forecastId: string }[];
  bands: Record<keyof ChosenBands, { level: string | null; complete: boolean }>;
  problems: { type: string }[];
}

export interface ForecastOverride extends Override {
  revision: number;
  standing: string;
  official: OfficialDanger;
}

export interface OverrideEntry {
  id: string;
  at: string;
  action: string;
  cause: string | null;
  override: Override;
  official: OfficialDanger;
}

export interface OverrideHistory {
  entries: OverrideEntry[];
  nextCursor: string | null;
}

/** Beside a grade that rests on overrides. */
export interface RouteOverride {
  inForce: Override[];
  official: { assessment: Assessment; receipt: Record<string, unknown>; receiptId: string };
}

export const overridesPath = "/api/user/forecast-overrides";

/** Where the override of a zone lives; a slash of its key is a tilde in paths. */
export function overridePath(zoneKey: string): string {
  return `${overridesPath}/${encodeURIComponent(zoneKey.replaceAll("/", "~"))}`;
}
