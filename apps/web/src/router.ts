import { useEffect, useState } from "preact/hooks";

export type Page =
  | { name: "home" }
  | { name: "route"; id: string }
  | { name: "forecast"; id: string }
  | { name: "about" }
  | { name: "not_found" };

/** A path's segment as text; undefined where its percent signs spell no UTF-8. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

export function pageOf(path: string): Page {
  const segments = path.split("/").filter((segment) => segment !== "");
  const [first, second] = segments;
  if (first === undefined) return { name: "home" };
  if (segments.length === 1 && first === "about") return { name: "about" };
  const id = segments.length === 2 && second !== undefined ? decoded(second) : undefined;
  if (id !== undefined && first === "routes") return { name: "route", id };
  if (id !== undefined && first === "forecasts") return { name: "forecast", id };
  return { name: "not_found" };
}

const changed = "aspectavy:navigated";

export function navigate(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new Event(changed));
}

/** The path in the address bar; follows back, forward and `navigate`. */
export function usePath(): string {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const read = () => setPath(location.pathname);
    addEventListener("popstate", read);
    addEventListener(changed, read);
    return () => {
      removeEventListener("popstate", read);
      removeEventListener(changed, read);
    };
  }, []);
  return path;
}

/** Plain left clicks on links of this site change the page without a reload. */
export function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest("a");
  if (link === null || link.hasAttribute("download") || link.getAttribute("target") !== null) return;
  const href = link.getAttribute("href");
  if (href === null || !href.startsWith("/") || /^\/(?:api|auth|docs)(?:\/|$)/.test(href)) return;
  const url = new URL(href, location.href);
  if (url.origin !== location.origin) return;
  event.preventDefault();
  if (url.pathname !== location.pathname) navigate(url.pathname + url.hash);
}
