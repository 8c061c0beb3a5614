// Every change of a person's overrides, with what was official at that moment. Nothing here can be changed.
import { useEffect, useState } from "preact/hooks";
import { ApiError, getJson } from "../api/client";
import type { OverrideEntry, OverrideHistory } from "../api/override";
import type { Scale } from "../wording/danger";
import { bandsWords, entryTitle, officialWords, problemsWords } from "../wording/override";
import { Time } from "./age";
import { Failure, Loading } from "./status";

const path = "/api/user/forecast-override-history?limit=20";

/** `round`: a new number asks again from the newest. */
export function OverrideLedger({ scale, round }: { scale: Scale; round: number }) {
  const [entries, setEntries] = useState<OverrideEntry[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState<ApiError>();

  const load = async (after: string | null, signal?: AbortSignal) => {
    try {
      const target = after === null ? path : `${path}&cursor=${encodeURIComponent(after)}`;
      const page = await getJson<OverrideHistory>(target, signal);
      setEntries((old) => (after === null ? page.entries : [...(old ?? []), ...page.entries]));
      setCursor(page.nextCursor);
      setError(undefined);
    } catch (failure) {
      if (signal?.aborted === true) return;
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
    }
  };

  useEffect(() => {
    const abort = new AbortController();
    void load(null, abort.signal);
    return () => abort.abort();
  }, [round]);

  if (entries === undefined && error === undefined) return <Loading what="your overrides so far" />;
  return (
    <>
      {error !== undefined && (
        <Failure title="Your history could not be loaded" error={error} retry={() => void load(null)} />
      )}
      {entries !== undefined && entries.length === 0 && <p class="quiet">You have never set one.</p>}
      {entries !== undefined && entries.length > 0 && (
        <ol class="override-ledger">
          {entries.map((entry) => (
            <li key={entry.id}>
              <Entry entry={entry} scale={scale} />
            </li>
          ))}
        </ol>
      )}
      {cursor !== null && (
        <button type="button" onClick={() => void load(cursor)}>
          Show older ones
        </button>
      )}
    </>
  );
}

function Entry({ entry, scale }: { entry: OverrideEntry; scale: Scale }) {
  const { override } = entry;
  return (
    <>
      <p>
        <strong>{entryTitle(entry)}</strong> · {override.zoneName || override.zoneKey} · <Time at={entry.at} />
      </p>
      <p>“{override.reason}”</p>
      <dl class="facts">
        <div>
          <dt>Yours</dt>
          <dd>
            {bandsWords(override.bands, scale)}. {problemsWords(override.problems)}.
          </dd>
        </div>
        <div>
          <dt>Official then</dt>
          <dd>{officialWords(entry.official, scale)}.</dd>
        </div>
      </dl>
    </>
  );
}
