// Reason codes of "unknown" → what is missing, and what a reader can do about it.

interface Reason {
  title: string;
  sentence: string;
}

const reasons: Record<string, Reason> = {
  NO_FORECAST: {
    title: "No forecast",
    sentence: "There is no official forecast for this zone today.",
  },
  FORECAST_EXPIRED: {
    title: "Forecast expired",
    sentence: "The last official forecast for this zone has expired. Its ratings no longer count.",
  },
  OFF_SEASON: {
    title: "Off season",
    sentence: "The avalanche centre is not forecasting at this time of year. Avalanches are still possible.",
  },
  OUTSIDE_ZONES: {
    title: "Outside every zone",
    sentence: "No forecast zone covers this ground. Nobody issues a rating for it.",
  },
  NO_RATING: {
    title: "No rating",
    sentence: "The centre issued a forecast but gave no danger rating.",
  },
  NOT_FORECAST: {
    title: "Left out of the forecast",
    sentence: "The forecast says nothing about this elevation or aspect.",
  },
  EARLY_SEASON: {
    title: "Early season",
    sentence: "The centre says “early season” instead of giving a danger level.",
  },
  SPRING: {
    title: "Spring conditions",
    sentence: "The centre says “spring conditions” instead of giving a danger level: danger changes within the day.",
  },
  NO_SNOW: {
    title: "“No snow”",
    sentence: "The centre reports no snow here. That is not a danger level.",
  },
  UNRECOGNISED_VALUE: {
    title: "Value not understood",
    sentence: "The forecast contains a value that this program does not know. Read the full forecast.",
  },
  DEM_GAP: {
    title: "No elevation data",
    sentence: "The elevation model has no data here, so slope and aspect are not known.",
  },
  LINE_GAP: {
    title: "Gap in the line",
    sentence: "The line has a gap: nobody drew or recorded where it runs here.",
  },
};

export function unknownTitle(code: string): string {
  return reasons[code]?.title ?? code.replaceAll("_", " ").toLowerCase();
}

export function unknownSentence(code: string): string {
  return reasons[code]?.sentence ?? `The reason is “${code}”, which this page does not know yet.`;
}

export const knownUnknownCodes = Object.keys(reasons);
