import type { Assessment, CitedZone } from "../api/assessment";
import type { OfficialForecast } from "../api/forecast";
import { useResource } from "../api/use_resource";
import { dangerNumber, scaleOf, scaleTitle } from "../wording/danger";
import { freshnessAt, freshnessWord, ratingCounts } from "../wording/freshness";
import { unknownTitle } from "../wording/unknown";
import { Age, Time } from "./age";
import { DangerBadge } from "./badges";
import { ArrowIcon } from "./icons";
import { RatingRow } from "./rating_row";

/** The highest official level that the zone has along the route. */
function highestAlong(assessment: Assessment, zone: number): number | null {
  const levels = assessment.inForce.sections
    .filter((section) => section.zones.includes(zone) && section.officialLevel !== null)
    .map((section) => dangerNumber(section.officialLevel as string) ?? 0);
  return levels.length > 0 ? Math.max(...levels) : null;
}

function codesAlong(assessment: Assessment, zone: number): string[] {
  const parts = assessment.inForce.unknown.filter((part) => part.zones.includes(zone));
  return [...new Set(parts.flatMap((part) => part.unknownCodes))];
}

function DayRatings({ id, day, scale, counts }: { id: string; day: string; scale: string; counts: boolean }) {
  const forecast = useResource<OfficialForecast>(`/api/forecasts/${encodeURIComponent(id)}`);
  if (forecast.data === undefined) {
    return forecast.error === undefined ? null : (
      <p class="quiet" role="status">
        The forecast’s details could not be loaded: {forecast.error.message}
      </p>
    );
  }
  const ratings = forecast.data.ratings.filter((rating) => rating.day === day);
  const advice = forecast.data.texts.travelAdvice;
  return (
    <>
      {counts && ratings.length > 0 && (
        <ul class="ratings">
          {ratings.map((rating, i) => (
            <RatingRow key={i} rating={rating} scale={scale} counts />
          ))}
        </ul>
      )}
      {advice !== "" && (
        <p>
          <strong>{counts ? "Travel advice." : "Travel advice of the forecast that no longer counts."}</strong> {advice}
        </p>
      )}
    </>
  );
}

interface Props {
  assessment: Assessment;
  zone: CitedZone;
  index: number;
  now: number;
}

export function ForecastCard({ assessment, zone, index, now }: Props) {
  const freshness = freshnessAt(zone, now);
  const counts = ratingCounts(freshness);
  const codes = codesAlong(assessment, index);
  return (
    <article class={`card forecast-card${counts ? "" : " forecast-ended"}`}>
      <header>
        <h3>{zone.zoneName || zone.zoneKey}</h3>
        <p class="quiet">{zone.center || zone.provider}</p>
      </header>
      <p class="forecast-level">
        <DangerBadge
          level={counts ? highestAlong(assessment, index) : null}
          scale={scaleOf(zone.scale)}
          instead={counts ? (codes[0] === undefined ? "No level here" : unknownTitle(codes[0])) : freshnessWord(freshness)}
        />
        <span class="quiet">{counts ? "official, highest on this route" : "no rating counts"}</span>
      </p>
      <Age forecast={zone} now={now} />
      {zone.forecastId !== "" && (
        <DayRatings id={zone.forecastId} day={assessment.day} scale={zone.scale} counts={counts} />
      )}
      <dl class="facts">
        {zone.issuedAt !== null && (
          <div>
            <dt>Issued</dt>
            <dd>
              <Time at={zone.issuedAt} />
            </dd>
          </div>
        )}
        {zone.expiresAt !== null && (
          <div>
            <dt>{counts ? "Expires" : "Expired"}</dt>
            <dd>
              <Time at={zone.expiresAt} />
            </dd>
          </div>
        )}
      </dl>
      <p class="quiet scale-line">{scaleTitle[scaleOf(zone.scale)]}</p>
      <p class="links">
        {zone.forecastId !== "" && (
          <a class="button" href={`/forecasts/${encodeURIComponent(zone.forecastId)}`}>
            Read it here
          </a>
        )}
        {zone.link.startsWith("http") && (
          <a class="button" href={zone.link} rel="noopener noreferrer" target="_blank">
            Full forecast <ArrowIcon to="out" />
            <span class="hidden"> at the centre’s site (opens a new window)</span>
          </a>
        )}
      </p>
    </article>
  );
}
