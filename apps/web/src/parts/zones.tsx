// Forecast zones as a picture, one for each scale and provider so that palettes never meet, and as a table.
import { useMemo } from "preact/hooks";
import type { ZoneFeature } from "../api/types";
import { zonePicture, type ZonePicture, type ZoneShape } from "../model/zone_shapes";
import { navigate } from "../router";
import { dangerWord, scaleOf, scaleTitle, type Scale } from "../wording/danger";
import { ageSentence, freshnessAt, freshnessWord, ratingCounts, ratingStateWord } from "../wording/freshness";
import { plural } from "../wording/unit";
import { DangerBadge, dangerClass } from "./badges";
import { useWidth } from "./use_width";

const maxMapHeight = 384;

interface Group {
  provider: string;
  name: string;
  scale: Scale;
  zones: ZoneFeature[];
}

function groupsOf(zones: ZoneFeature[]): Group[] {
  const groups = new Map<string, Group>();
  for (const zone of zones) {
    const { provider, scale } = zone.properties;
    const key = `${scale} ${provider}`;
    const group = groups.get(key) ?? { provider, name: provider, scale: scaleOf(scale), zones: [] };
    group.zones.push(zone);
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({ ...group, name: groupName(group) }));
}

/** The centre that issues for all of them; the provider where several do. */
function groupName(group: Group): string {
  const centers = new Set(group.zones.map((zone) => zone.properties.center));
  const [center = ""] = centers;
  return centers.size === 1 && center !== "" ? center : group.provider;
}

/** The level that may be shown: none once the forecast has ended. */
function levelNow(zone: ZoneFeature, now: number): number | null {
  return ratingCounts(freshnessAt(zone.properties, now)) ? zone.properties.level : null;
}

function wordNow(zone: ZoneFeature, now: number): string {
  const { ratingState } = zone.properties;
  const freshness = freshnessAt(zone.properties, now);
  return ratingCounts(freshness) ? ratingStateWord(ratingState) : freshnessWord(freshness);
}

export function Zones({ zones, now }: { zones: ZoneFeature[]; now: number }) {
  const groups = useMemo(() => groupsOf(zones), [zones]);
  if (zones.length === 0) {
    return <p class="empty">No forecast zones are known yet: every route is unknown until a forecast arrives.</p>;
  }
  return (
    <>
      {groups.map((group) => (
        <section key={`${group.scale} ${group.provider}`} class="zone-group" aria-label={group.name}>
          <h3>
            {group.name} <span class="quiet">{plural(group.zones.length, "zone")}</span>
          </h3>
          <ZoneMap group={group} now={now} />
          <ScaleLegend scale={group.scale} />
          <ZoneTable group={group} now={now} />
        </section>
      ))}
    </>
  );
}

/** In pixels of the screen, so that the numbers are as large on a phone as on a desk. */
function ZoneMap({ group, now }: { group: Group; now: number }) {
  const [box, width] = useWidth();
  const picture = useMemo(() => zonePicture(group.zones, Math.max(width, 200), maxMapHeight), [group, width]);
  if (picture.shapes.length === 0) return null;
  return (
    <div ref={box} class="zone-map">
      {width > 0 && <ZoneDrawing group={group} picture={picture} now={now} />}
    </div>
  );
}

function ZoneDrawing({ group, picture, now }: { group: Group; picture: ZonePicture; now: number }) {
  const id = `chequer-${group.provider.replaceAll(/[^a-z0-9]/gi, "-")}`;
  // The most dangerous last: its outline is part of its sign, and no neighbour may cover it.
  const painted = [...picture.shapes].sort((a, b) => (levelNow(a.zone, now) ?? 0) - (levelNow(b.zone, now) ?? 0));
  return (
    <svg
      width={picture.width}
      height={picture.height.toFixed(1)}
      viewBox={`0 0 ${picture.width} ${picture.height.toFixed(1)}`}
      role="img"
      aria-label={`Map of the zones of ${group.name}. The table below says the same.`}
    >
      <defs>
        <pattern id={id} width="14" height="14" patternUnits="userSpaceOnUse">
          <rect width="14" height="14" class="chequer-red" />
          <path d="M0 0h7v7H0ZM7 7h7v7H7Z" class="chequer-black" />
        </pattern>
      </defs>
      {painted.map((shape) => (
        <ZoneArea key={shape.zone.properties.key} shape={shape} now={now} chequer={id} />
      ))}
      {picture.shapes.map((shape) => (
        <ZoneNumber key={shape.zone.properties.key} shape={shape} level={levelNow(shape.zone, now)} />
      ))}
    </svg>
  );
}

/** "Name: 3 Considerable, current": all that the colour and the number say, also where no number has room. */
function zoneTitle(zone: ZoneFeature, now: number): string {
  const { name, key, scale } = zone.properties;
  const level = levelNow(zone, now);
  const said =
    level === null
      ? wordNow(zone, now)
      : `${level} ${dangerWord(level, scaleOf(scale))}, ${freshnessWord(freshnessAt(zone.properties, now)).toLowerCase()}`;
  return `${name || key}: ${said}`;
}

function ZoneArea({ shape, now, chequer }: { shape: ZoneShape; now: number; chequer: string }) {
  const { scale, forecastId } = shape.zone.properties;
  const level = levelNow(shape.zone, now);
  const fill = scale === "eaws" && level === 5 ? { fill: `url(#${chequer})` } : {};
  return (
    <path
      d={shape.path}
      class={`zone ${dangerClass(level, scaleOf(scale))}`}
      fill-rule="evenodd"
      {...fill}
      onClick={() => forecastId !== null && navigate(`/forecasts/${encodeURIComponent(forecastId)}`)}
    >
      <title>{zoneTitle(shape.zone, now)}</title>
    </path>
  );
}

function ZoneNumber({ shape, level }: { shape: ZoneShape; level: number | null }) {
  const { x, y, width, height } = shape.label;
  if (width < 22 || height < 20) return null;
  return (
    <g class="zone-number" transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}>
      <circle r="13" />
      <text text-anchor="middle" dy="6">
        {level ?? "–"}
      </text>
    </g>
  );
}

function ScaleLegend({ scale }: { scale: Scale }) {
  return (
    <figure class="scale-legend">
      <figcaption class="quiet">{scaleTitle[scale]}</figcaption>
      <ul class="legend">
        {[1, 2, 3, 4, 5].map((level) => (
          <li key={level}>
            <DangerBadge level={level} scale={scale} />
            <span class="hidden">{dangerWord(level, scale)}</span>
          </li>
        ))}
        <li>
          <DangerBadge level={null} scale={scale} instead="None that counts" />
        </li>
      </ul>
    </figure>
  );
}

function ZoneTable({ group, now }: { group: Group; now: number }) {
  return (
    <details open={group.zones.length <= 12}>
      <summary>Zones as a table</summary>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={`Zones of ${group.name}`}>
        <table role="table" class="zone-table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">Zone</th>
              <th role="columnheader" scope="col">Danger</th>
              <th role="columnheader" scope="col">Forecast</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {group.zones.map((zone) => (
              <ZoneRow key={zone.properties.key} zone={zone} group={group} now={now} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function ZoneRow({ zone, group, now }: { zone: ZoneFeature; group: Group; now: number }) {
  const { name, key, center, forecastId, link, scale, travelAdvice } = zone.properties;
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        {name || key}
        {center !== group.name && <span class="quiet zone-center">{center}</span>}
      </th>
      <td role="cell">
        <DangerBadge level={levelNow(zone, now)} scale={scaleOf(scale)} instead={wordNow(zone, now)} />
      </td>
      <td role="cell">
        <p>
          {freshnessWord(freshnessAt(zone.properties, now))}: {ageSentence(zone.properties, now)}.
        </p>
        {travelAdvice !== "" && (
          <p>
            The scale’s own advice: <q class="official-words">{travelAdvice}</q>
          </p>
        )}
        <p class="links">
          {forecastId !== null && (
            <a href={`/forecasts/${encodeURIComponent(forecastId)}`}>
              Read<span class="hidden"> the forecast for {name}</span>
            </a>
          )}
          {link.startsWith("http") && (
            <a href={link} target="_blank" rel="noopener noreferrer">
              At the centre<span class="hidden">: {name} (opens a new window)</span>
            </a>
          )}
        </p>
      </td>
    </tr>
  );
}
