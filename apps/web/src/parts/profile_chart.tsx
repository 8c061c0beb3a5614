// The elevation profile: line, slope classes, grade band, and a cursor for pointer, finger and keys.
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Profile } from "../api/types";
import {
  axisTicks,
  bandsOf,
  columnsOf,
  elevationExtent,
  pieceAt,
  slopeClass,
  slopeClassLabel,
  type Column,
} from "../model/profile";
import { spokenReading } from "./reading";
import { GradePatterns, bandFill } from "./patterns";
import { useWidth } from "./use_width";

const pad = { left: 52, right: 10, top: 14, band: 26, axis: 26 };

interface Frame {
  width: number;
  height: number;
  /** Bottom of the elevation plot, top of the grade band. */
  floor: number;
  x: (metres: number) => number;
  y: (elevationM: number) => number;
  metresAt: (x: number) => number;
}

function frameOf(profile: Profile, width: number): Frame {
  const height = width < 560 ? 250 : 330;
  const floor = height - pad.axis - pad.band;
  const extent = elevationExtent(profile) ?? { minM: 0, maxM: 1 };
  const air = Math.max((extent.maxM - extent.minM) * 0.08, 10);
  const [low, high] = [extent.minM - air, extent.maxM + air];
  const plotWidth = Math.max(width - pad.left - pad.right, 50);
  return {
    width,
    height,
    floor,
    x: (metres) => pad.left + (metres / profile.lengthM) * plotWidth,
    y: (elevationM) => floor - ((elevationM - low) / (high - low)) * (floor - pad.top),
    metresAt: (x) => Math.min(profile.lengthM, Math.max(0, ((x - pad.left) / plotWidth) * profile.lengthM)),
  };
}

/** The elevation line through the middles of the columns, broken where nothing is known. */
function elevationPath(columns: Column[], frame: Frame): string {
  let path = "";
  let drawing = false;
  for (const column of columns) {
    if (column.elevationM === null) {
      drawing = false;
      continue;
    }
    const x = frame.x((column.fromM + column.toM) / 2).toFixed(1);
    const y = frame.y(column.elevationM).toFixed(1);
    path += `${drawing ? "L" : "M"}${x} ${y}`;
    drawing = true;
  }
  return path;
}

interface Area {
  slope: number;
  path: string;
}

/** The ground under the line, one area for each run of one slope class. */
function slopeAreas(columns: Column[], frame: Frame): Area[] {
  const areas: Area[] = [];
  let i = 0;
  while (i < columns.length) {
    const slope = slopeClass((columns[i] as Column).slopeDeg);
    const start = i;
    while (i < columns.length && slopeClass((columns[i] as Column).slopeDeg) === slope) i += 1;
    const run = columns.slice(start, i).filter((column) => column.elevationM !== null);
    const first = run[0];
    const last = run[run.length - 1];
    if (slope < 0 || first === undefined || last === undefined) continue;
    const top = [
      [first.fromM, edge(columns[start - 1], first)],
      ...run.map((column) => [(column.fromM + column.toM) / 2, column.elevationM as number]),
      [last.toM, edge(columns[i], last)],
    ].map(([m, e]) => `${frame.x(m as number).toFixed(1)} ${frame.y(e as number).toFixed(1)}`);
    const left = frame.x(first.fromM).toFixed(1);
    const right = frame.x(last.toM).toFixed(1);
    areas.push({ slope, path: `M${left} ${frame.floor}L${top.join("L")}L${right} ${frame.floor}Z` });
  }
  return areas;
}

/** Elevation on the border between two columns. */
function edge(neighbour: Column | undefined, own: Column): number {
  const e = own.elevationM as number;
  if (neighbour === undefined || neighbour.elevationM === null) return e;
  const ownLength = own.toM - own.fromM;
  const otherLength = neighbour.toM - neighbour.fromM;
  return (e * otherLength + neighbour.elevationM * ownLength) / (ownLength + otherLength);
}

function Axes({ profile, frame }: { profile: Profile; frame: Frame }) {
  const extent = elevationExtent(profile);
  const heights = extent === null ? [] : axisTicks(extent.minM, extent.maxM, 4);
  const km = axisTicks(0, profile.lengthM, frame.width < 560 ? 4 : 8);
  const short = profile.lengthM < 1500;
  const label = (m: number) => String(short ? Math.round(m) : Number((m / 1000).toFixed(2)));
  return (
    <g class="axes">
      {heights.map((m) => (
        <g key={m}>
          <line x1={pad.left} x2={frame.width - pad.right} y1={frame.y(m)} y2={frame.y(m)} />
          <text x={pad.left - 8} y={frame.y(m) + 4} text-anchor="end">
            {Math.round(m)}
          </text>
        </g>
      ))}
      {km.map((m) => (
        <text
          key={m}
          x={frame.x(m)}
          y={frame.height - 8}
          text-anchor={m === 0 ? "start" : frame.x(m) > frame.width - 30 ? "end" : "middle"}
        >
          {label(m)}
          {m === 0 && (short ? " m" : " km")}
        </text>
      ))}
    </g>
  );
}

/** Steps of the keys, as shares of the whole length. */
const keySteps: Record<string, number> = {
  ArrowRight: 1 / 200,
  ArrowUp: 1 / 200,
  ArrowLeft: -1 / 200,
  ArrowDown: -1 / 200,
  PageUp: 1 / 20,
  PageDown: -1 / 20,
};

interface Props {
  profile: Profile;
  cursorM: number;
  onCursor: (metres: number) => void;
}

export function ProfileChart({ profile, cursorM, onCursor }: Props) {
  const [box, width] = useWidth();
  const frame = useMemo(() => frameOf(profile, width), [profile, width]);
  const columns = useMemo(() => columnsOf(profile, Math.max(width, 300)), [profile, width]);
  const drawing = useMemo(() => <Drawing profile={profile} columns={columns} frame={frame} />, [columns, frame]);
  const slider = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = slider.current;
    if (element === null) return;
    const follow = (event: PointerEvent) => {
      if (event.pointerType !== "mouse" && event.buttons === 0) return;
      onCursor(frame.metresAt(event.clientX - element.getBoundingClientRect().left));
    };
    element.addEventListener("pointermove", follow);
    element.addEventListener("pointerdown", follow);
    return () => {
      element.removeEventListener("pointermove", follow);
      element.removeEventListener("pointerdown", follow);
    };
  }, [frame, onCursor]);

  const onKey = (event: KeyboardEvent) => {
    const step = keySteps[event.key];
    let next: number | undefined;
    if (step !== undefined) next = cursorM + step * profile.lengthM;
    if (event.key === "Home") next = 0;
    if (event.key === "End") next = profile.lengthM;
    if (next === undefined) return;
    event.preventDefault();
    onCursor(Math.min(profile.lengthM, Math.max(0, next)));
  };

  const elevationM = profile.elevationM[pieceAt(profile, cursorM)] ?? null;
  const x = frame.x(cursorM);
  return (
    <div class="chart" ref={box}>
      <div
        ref={slider}
        class="chart-slider"
        role="slider"
        tabIndex={0}
        aria-label="Place on the route"
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.round(profile.lengthM)}
        aria-valuenow={Math.round(cursorM)}
        aria-valuetext={spokenReading(profile, cursorM)}
        aria-describedby="chart-help"
        onKeyDown={onKey}
      >
        {width > 0 && (
          <svg width={frame.width} height={frame.height} aria-hidden="true" focusable="false">
            {drawing}
            <g class="cursor">
              <line x1={x} x2={x} y1={pad.top - 6} y2={frame.floor + pad.band} />
              {elevationM !== null && <circle cx={x} cy={frame.y(elevationM)} r="6" />}
            </g>
          </svg>
        )}
      </div>
    </div>
  );
}

function Drawing({ profile, columns, frame }: { profile: Profile; columns: Column[]; frame: Frame }) {
  return (
    <>
      <GradePatterns id="chart" />
      {slopeAreas(columns, frame).map((area, i) => (
        <path key={i} d={area.path} class={`slope-${area.slope}`} />
      ))}
      <Axes profile={profile} frame={frame} />
      <path d={elevationPath(columns, frame)} class="elevation-line" />
      {bandsOf(columns, frame.x).map((rect, i) => (
        <rect
          key={i}
          x={rect.x}
          y={frame.floor + 4}
          width={rect.width}
          height={pad.band - 6}
          class={`band band-${rect.grade}`}
          fill={bandFill("chart", rect.grade)}
        />
      ))}
    </>
  );
}

export function SlopeLegend() {
  return (
    <ul class="legend" aria-label="Slope classes">
      {slopeClassLabel.map((label, i) => (
        <li key={label}>
          <svg width="22" height="16" aria-hidden="true">
            <rect width="22" height="16" class={`slope-${i} slope-swatch`} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
