import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiError, getJson, serverNow } from "./client";

export interface Resource<T> {
  /** The last good answer; stays while a newer one is fetched or fails. */
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload: () => void;
}

interface Answer<T> {
  path: string | undefined;
  data?: T;
  error?: ApiError;
  loading: boolean;
}

/** Fetches `path` and again on `reload`; an answer that comes too late is dropped. Without a path nothing is asked for. */
export function useResource<T>(path: string | undefined): Resource<T> {
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<Answer<T>>({ path, loading: true });

  useEffect(() => {
    if (path === undefined) {
      setAnswer({ path, loading: true });
      return;
    }
    const abort = new AbortController();
    setAnswer((old) => (old.path === path ? { ...old, loading: true } : { path, loading: true }));
    getJson<T>(path, abort.signal).then(
      (data) => setAnswer({ path, data, loading: false }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const known = error instanceof ApiError ? error : new ApiError(0, "unreadable", String(error));
        setAnswer((old) => ({ ...old, error: known, loading: false }));
      },
    );
    return () => abort.abort();
  }, [path, round]);

  const reload = useCallback(() => setRound((old) => old + 1), []);
  if (answer.path !== path) return { data: undefined, error: undefined, loading: true, reload };
  return { data: answer.data, error: answer.error, loading: answer.loading, reload };
}

/** The server's time in milliseconds, renewed often enough for ages in minutes. */
export function useNow(everyMs = 15_000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const tick = () => setNow(serverNow());
    tick();
    const timer = setInterval(tick, everyMs);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [everyMs]);
  return now;
}

const refreshMs = 5 * 60 * 1000;

/** Asks again every five minutes and whenever the page comes back into view: a forecast may have been revised.
 * Unchanged answers cost a 304. */
export function useRefresh(...reloads: (() => void)[]): void {
  useEffect(() => {
    const refresh = () => {
      if (document.visibilityState !== "visible") return;
      for (const reload of reloads) reload();
    };
    const timer = setInterval(refresh, refreshMs);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, reloads);
}
