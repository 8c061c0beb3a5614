// Numbers as words. Every figure the page shows is formatted here.

/** Keeps a number and its unit on one line. */
const nbsp = "\u00a0";

/** 640 → "640 m", 1420 → "1.42 km". */
export function distance(metres: number): string {
  if (metres < 0.05) return `0${nbsp}m`;
  if (metres < 9.95) return `${metres.toFixed(1)}${nbsp}m`;
  if (metres < 999.5) return `${Math.round(metres)}${nbsp}m`;
  return `${metres < 99_950 ? (metres / 1000).toFixed(2) : Math.round(metres / 1000)}${nbsp}km`;
}

/** 1420, 1733 → "1.42–1.73 km"; both ends in the unit of the longer one. */
export function distanceRange(fromM: number, toM: number): string {
  if (toM < 999.5) return `${Math.round(fromM)}–${Math.round(toM)}${nbsp}m`;
  return `${(fromM / 1000).toFixed(2)}–${(toM / 1000).toFixed(2)}${nbsp}km`;
}

export function elevation(metres: number): string {
  return `${Math.round(metres)}${nbsp}m`;
}

export function elevationRange(minM: number, maxM: number): string {
  const low = Math.round(minM);
  const high = Math.round(maxM);
  return low === high ? elevation(low) : `${low}–${elevation(high)}`;
}

export function degrees(value: number): string {
  return `${value.toFixed(1)}°`;
}

/** Seconds in the two largest units that matter: "3 h 20 min", "2 d 4 h", "less than a minute". */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes}\u00a0min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    const rest = minutes % 60;
    return rest > 0 && hours < 12 ? `${hours}\u00a0h ${rest}\u00a0min` : `${hours}\u00a0h`;
  }
  const days = Math.floor(hours / 24);
  const restHours = hours % 24;
  if (days > 13 || restHours === 0) return days === 1 ? "1\u00a0day" : `${days}\u00a0days`;
  return `${days}\u00a0d ${restHours}\u00a0h`;
}

const clockFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
  timeZone: "UTC",
});

/** An instant in the reader's own time zone: "Mon, 23 Nov, 17:00". */
export function clockTime(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : clockFormat.format(time);
}

/** A civil day: "2026-11-23" → "Monday 23 November". */
export function civilDay(day: string): string {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) ? day : dayFormat.format(time);
}

/** "one", "one and two", "one, two and three". */
export function listed(words: string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
