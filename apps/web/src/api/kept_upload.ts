// A file that was chosen before signing in waits in this tab: it is not sent anywhere, and goes with the tab.

export interface Upload {
  name: string;
  text: string;
  /** Stays the same when a failed upload is tried again, so that no retry makes a second route. */
  key: string;
}

const place = "aspectavy.kept-upload";

/** False when the browser has no room for it, or keeps nothing. */
export function keepUpload(upload: Upload): boolean {
  try {
    sessionStorage.setItem(place, JSON.stringify(upload));
    return true;
  } catch {
    return false;
  }
}

export function keptUpload(): Upload | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(place) ?? "null");
    return isUpload(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function forgetUpload(): void {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function isUpload(value: unknown): value is Upload {
  if (typeof value !== "object" || value === null) return false;
  const { name, text, key } = value as Record<string, unknown>;
  return typeof name === "string" && typeof text === "string" && typeof key === "string";
}
