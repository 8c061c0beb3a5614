import { useEffect, useRef } from "preact/hooks";
import { useSession } from "../api/session";
import type { ProviderState, RouteSummary, ZoneCollection } from "../api/types";
import { useNow, useRefresh, useResource } from "../api/use_resource";
import { Providers } from "../parts/providers";
import { RouteList } from "../parts/route_list";
import { RouteUpload } from "../parts/route_upload";
import { SignInPanel } from "../parts/sign_in_panel";
import { Failure, Pending } from "../parts/status";
import { Zones } from "../parts/zones";

/** A queued grade is asked for again so often, and for so long. */
const pollMs = 2000;
const maxPolls = 30;

export function Home() {
  const session = useSession();
  const isOut = session.state === "out";
  const asks = !isOut && session.state !== "asking";
  const routes = useResource<{ routes: RouteSummary[] }>(asks ? "/api/routes" : undefined);
  const zones = useResource<ZoneCollection>("/api/forecasts/zones");
  const providers = useResource<{ providers: ProviderState[] }>("/api/forecasts/providers");
  const now = useNow();
  useRefresh(routes.reload, zones.reload, providers.reload);

  const polls = useRef(0);
  const waiting = routes.data?.routes.some((route) => route.compile.status === "queued") ?? false;
  const reload = routes.reload;
  useEffect(() => {
    if (!waiting || polls.current >= maxPolls) return;
    const timer = setTimeout(() => {
      polls.current += 1;
      reload();
    }, pollMs);
    return () => clearTimeout(timer);
  }, [waiting, routes.data, reload]);

  return (
    <div class="home">
      <div class="home-routes">
        <h1 tabIndex={-1}>Where does today’s forecast say no?</h1>
        <p class="lead">
          Add a route. You see which stretches lie in terrain that the official danger level closes, why, and how close
          the call is.
        </p>
        <section aria-labelledby="routes-title">
          <h2 id="routes-title">Routes</h2>
          {isOut ? (
            <SignInPanel title="Sign in to see your routes">
              Routes belong to whoever saved them. The official forecasts are open to all.
            </SignInPanel>
          ) : (
            <Pending of={routes} what="the routes" />
          )}
          {!isOut && routes.data !== undefined && routes.error !== undefined && (
            <Failure title="The list could not be renewed" error={routes.error} retry={routes.reload} />
          )}
          {!isOut && routes.data !== undefined && <RouteList routes={routes.data.routes} onChanged={routes.reload} />}
        </section>
        <section aria-labelledby="add-title">
          <h2 id="add-title">Add a route</h2>
          <RouteUpload isOut={isOut} />
        </section>
      </div>
      <div class="home-zones">
        <section id="zones" aria-labelledby="zones-title">
          <h2 id="zones-title">Official forecasts</h2>
          <Pending of={zones} what="the forecast zones" />
          {zones.data !== undefined && <Zones zones={zones.data.features} now={now} />}
        </section>
        <section aria-labelledby="feeds-title">
          <h2 id="feeds-title">Forecast feeds</h2>
          <Pending of={providers} what="the state of the feeds" />
          {providers.data !== undefined && <Providers providers={providers.data.providers} now={now} />}
        </section>
      </div>
    </div>
  );
}
