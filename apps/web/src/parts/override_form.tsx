// Setting one's own danger for a zone. Less than the official danger is asked for twice: the api names each value.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, putJson } from "../api/client";
import { overridePath, type ChosenBands, type ForecastOverride } from "../api/override";
import { levelLabel, type Scale } from "../wording/danger";
import { bandNames, bandWord, type BandName } from "../wording/override";
import { Failure } from "./status";

const officialLevels = ["low", "moderate", "considerable", "high", "extreme"];
const shortestReason = 10;
const longestReason = 500;

interface Props {
  zoneKey: string;
  forecastId: string;
  scale: Scale;
  /** The override that is there, to start from. */
  current: ForecastOverride | undefined;
  onSet: (set: ForecastOverride) => void;
}

const none: ChosenBands = { upper: null, middle: null, lower: null };

/** European zones have no bands of their own: one level counts everywhere. */
const isOneLevel = (scale: Scale) => scale === "eaws";

function fieldsOf(scale: Scale): { name: BandName; label: string }[] {
  if (isOneLevel(scale)) return [{ name: "upper", label: "Danger in the whole zone" }];
  return bandNames.map((name) => ({ name, label: bandWord[name] }));
}

/** The local reading of an input as UTC in whole seconds; null when it is empty. */
function instantOf(local: string): string | null {
  const time = Date.parse(local);
  return Number.isNaN(time) ? null : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

export function OverrideForm({ zoneKey, forecastId, scale, current, onSet }: Props) {
  const [bands, setBands] = useState<ChosenBands>(current?.bands ?? none);
  const [reason, setReason] = useState(current?.reason ?? "");
  const [ends, setEnds] = useState("");
  const [known, setKnown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const confirm = useRef<HTMLInputElement>(null);
  const lowers = error?.code === "override.lowers_danger";

  // The question comes with the refusal: whoever does not see it appear must be led to it.
  useEffect(() => {
    if (lowers) confirm.current?.focus();
  }, [lowers]);

  const choose = (name: BandName, level: string) => {
    const value = level === "" ? null : level;
    setBands(isOneLevel(scale) ? { upper: value, middle: value, lower: value } : { ...bands, [name]: value });
    // What was confirmed was another danger.
    setKnown(false);
    setError(undefined);
  };

  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const set = await putJson<ForecastOverride>(overridePath(zoneKey), {
        reason,
        baseForecastId: forecastId,
        bands,
        // Chosen elsewhere, and not to be lost by changing a level here.
        problems: current?.problems ?? null,
        endsAt: instantOf(ends),
        acknowledgesLowering: known,
        baseRevision: current?.revision ?? 0,
      });
      setError(undefined);
      setKnown(false);
      onSet(set);
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form class="override-form" onSubmit={(event) => void send(event)}>
      {fieldsOf(scale).map(({ name, label }) => (
        <label key={name}>
          {label}
          <select value={bands[name] ?? ""} onChange={(event) => choose(name, event.currentTarget.value)}>
            <option value="">As official</option>
            {officialLevels.map((level) => (
              <option key={level} value={level}>
                {levelLabel(level, scale)}
              </option>
            ))}
          </select>
        </label>
      ))}
      <label>
        Why <span class="quiet">({shortestReason} to {longestReason} characters; it stays in your history)</span>
        <textarea
          rows={3}
          required
          minLength={shortestReason}
          maxLength={longestReason}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <label>
        Until <span class="quiet">(empty: until the forecast ends; another forecast always ends it)</span>
        <input type="datetime-local" value={ends} onInput={(event) => setEnds(event.currentTarget.value)} />
      </label>
      {error !== undefined && <Failure title="The override was not set" error={error} />}
      {(lowers || known) && (
        <label class="override-confirm">
          <input
            ref={confirm}
            type="checkbox"
            checked={known}
            onChange={(event) => setKnown(event.currentTarget.checked)}
          />
          I know that this is less than the official danger.
        </label>
      )}
      <p>
        <button type="submit" disabled={busy || (lowers && !known)}>
          {current === undefined ? "Set my override" : "Set it anew"}
        </button>
      </p>
    </form>
  );
}
