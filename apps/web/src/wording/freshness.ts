import { duration, sentence } from "./unit";

export interface Dated {
  freshness: string;
  issuedAt: string | null;
  expiresAt: string | null;
}

/** Ratings end on time even while a page is left open: past its expiry a forecast is expired. */
export function freshnessAt(forecast: Dated, nowMs: number): string {
  const usable = forecast.freshness === "current" || forecast.freshness === "expiring";
  if (!usable) return forecast.freshness;
  if (forecast.expiresAt === null || Date.parse(forecast.expiresAt) <= nowMs) return "expired";
  return forecast.freshness;
}

/** `expiring` begins so long before the end. */
const expiringMs = 2 * 3600 * 1000;

interface Issued {
  offSeason: boolean;
  validFrom: string;
  expiresAt: string | null;
  ratings: { level: string | null }[];
}

/** The freshness of a forecast document, which does not state it, as it depends on the clock. Same precedence as
 * the api's: off_season > expired > unavailable > no_rating > expiring > current. */
export function freshnessOf(forecast: Issued, nowMs: number): string {
  if (forecast.offSeason) return "off_season";
  const leftMs = forecast.expiresAt === null ? 0 : Date.parse(forecast.expiresAt) - nowMs;
  if (!(leftMs > 0)) return "expired";
  if (Date.parse(forecast.validFrom) > nowMs + 5 * 60 * 1000) return "unavailable";
  if (forecast.ratings.every((rating) => rating.level === null)) return "no_rating";
  return leftMs <= expiringMs ? "expiring" : "current";
}

/** Whether a rating may still be shown in its colour. */
export function ratingCounts(freshness: string): boolean {
  return freshness === "current" || freshness === "expiring";
}

const words: Record<string, string> = {
  current: "Current",
  expiring: "Expires soon",
  expired: "Expired",
  off_season: "Off season",
  no_rating: "No rating",
  unavailable: "Not available",
};

export function freshnessWord(freshness: string): string {
  return words[freshness] ?? freshness.replaceAll("_", " ");
}

const ratingStates: Record<string, string> = {
  no_rating: "No rating",
  not_forecast: "Not forecast",
  no_forecast: "No forecast",
  early_season: "Early season",
  spring: "Spring",
  off_season: "Off season",
  no_snow: "No snow",
  unrecognised: "Not understood",
};

/** Why a rating has no level, in words. */
export function ratingStateWord(state: string): string {
  return ratingStates[state] ?? sentence(state.replaceAll("_", " "));
}

/** "issued 14 h ago, expires in 3 h 20 min"; "issued 40 h ago, expired 16 h ago". */
export function ageSentence(forecast: Dated, nowMs: number): string {
  const parts: string[] = [];
  if (forecast.issuedAt !== null) {
    const age = (nowMs - Date.parse(forecast.issuedAt)) / 1000;
    parts.push(age >= 0 ? `issued ${duration(age)} ago` : `to be issued in ${duration(-age)}`);
  }
  if (forecast.expiresAt !== null) {
    const left = (Date.parse(forecast.expiresAt) - nowMs) / 1000;
    parts.push(left > 0 ? `expires in ${duration(left)}` : `expired ${duration(-left)} ago`);
  } else if (forecast.issuedAt !== null) {
    parts.push("states no expiry, so its ratings do not count");
  }
  return parts.length > 0 ? parts.join(", ") : "no issue or expiry time";
}
