// On a forecast's page: one's own danger for the zones it is in force in.
import { useRef, useState } from "preact/hooks";
import { ApiError, remove } from "../api/client";
import type { OfficialForecast } from "../api/forecast";
import { overridePath, overridesPath, type ForecastOverride } from "../api/override";
import type { ZoneCollection } from "../api/types";
import { useSession } from "../api/session";
import { useResource, type Resource } from "../api/use_resource";
import { scaleOf, type Scale } from "../wording/danger";
import { bandsWords } from "../wording/override";
import { Time } from "./age";
import { OverrideForm } from "./override_form";
import { OverrideLedger } from "./override_ledger";
import { SignInPanel } from "./sign_in_panel";
import { Failure, Loading, Pending } from "./status";

interface Zone {
  key: string;
  name: string;
}

export function OverrideSection({ forecast }: { forecast: OfficialForecast }) {
  const session = useSession();
  return (
    <section class="card" aria-labelledby="override-title">
      <h2 id="override-title">Your own danger</h2>
      <p class="quiet">
        Counts for your routes only, until another forecast. The official grade always stands beside yours, and what is
        unknown stays unknown.
      </p>
      {session.state === "asking" && <Loading what="who you are" />}
      {session.state === "out" && (
        <SignInPanel title="Sign in to set your own danger">It belongs to your account, with its history.</SignInPanel>
      )}
      {(session.state === "in" || session.state === "unreachable") && <Own forecast={forecast} />}
    </section>
  );
}

/** Asked for only by somebody who is signed in. */
function Own({ forecast }: { forecast: OfficialForecast }) {
  const own = useResource<{ overrides: ForecastOverride[] }>(overridesPath);
  const all = useResource<ZoneCollection>("/api/forecasts/zones");
  const zones = (all.data?.features ?? []).map((feature) => feature.properties);
  return (
    <>
      <Pending of={own} what="your overrides" />
      <Pending of={all} what="the zones" />
      {own.data !== undefined && all.data !== undefined && (
        <Chooser
          forecast={forecast}
          zones={zones.filter((zone) => zone.forecastId === forecast.id)}
          own={own}
          overrides={own.data.overrides}
        />
      )}
    </>
  );
}

interface ChooserProps {
  forecast: OfficialForecast;
  zones: Zone[];
  own: Resource<unknown>;
  overrides: ForecastOverride[];
}

function Chooser({ forecast, zones, own, overrides }: ChooserProps) {
  const scale = scaleOf(forecast.scale);
  const [chosen, setChosen] = useState(zones[0]?.key ?? "");
  const [said, setSaid] = useState("");
  const [round, setRound] = useState(0);
  const current = overrides.find((one) => one.zoneKey === chosen && one.standing === "in_force");

  const changed = (words: string) => {
    setSaid(words);
    setRound((old) => old + 1);
    own.reload();
  };

  return (
    <>
      {zones.length === 0 ? (
        <p>This forecast is in force in no zone now: nothing can be set on it.</p>
      ) : (
        <>
          {zones.length > 1 && (
            <label class="override-zone">
              Zone
              <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
                {zones.map((zone) => (
                  <option key={zone.key} value={zone.key}>
                    {zone.name || zone.key}
                  </option>
                ))}
              </select>
            </label>
          )}
          {current !== undefined && (
            <Current override={current} scale={scale} onRemoved={() => changed("Removed: the official danger counts again.")} />
          )}
          <OverrideForm
            key={`${chosen} ${current?.id ?? ""}`}
            zoneKey={chosen}
            forecastId={forecast.id}
            scale={scale}
            current={current}
            onSet={() => changed("Set. Your routes in this zone are graded anew.")}
          />
        </>
      )}
      <p role="status">{said}</p>
      <details>
        <summary>Every change so far</summary>
        <OverrideLedger scale={scale} round={round} />
      </details>
    </>
  );
}

function Current({ override, scale, onRemoved }: { override: ForecastOverride; scale: Scale; onRemoved: () => void }) {
  const [error, setError] = useState<ApiError>();
  const busy = useRef(false);

  const end = async () => {
    if (busy.current) return;
    busy.current = true;
    try {
      await remove(overridePath(override.zoneKey));
      onRemoved();
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
    } finally {
      busy.current = false;
    }
  };

  return (
    <div class="override-current">
      <p>
        <strong>In force: {bandsWords(override.bands, scale)}</strong>, until <Time at={override.endsAt} />.
      </p>
      <p>“{override.reason}”</p>
      {error !== undefined && <Failure title="It was not removed" error={error} />}
      <button type="button" onClick={() => void end()}>
        Return to the official danger
      </button>
    </div>
  );
}
