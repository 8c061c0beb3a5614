// The line seen from above, coloured by stretch, true to scale, north up.
import { useMemo } from "preact/hooks";
import type { Profile, Route } from "../api/types";
import { gradeRuns, type Run } from "../model/profile";
import { pathBetween, placeAt, planOf, scaleBarM, type Plan } from "../model/line";
import { gradeWord, precedence, type Grade } from "../wording/grade";
import { distance } from "../wording/unit";

const box = { width: 400, minHeight: 240, maxHeight: 440, margin: 48 };
/** Below the line and the labels of its ends, for the scale bar alone. */
const scaleStrip = 30;

interface Props {
  route: Route;
  profile: Profile;
  cursorM: number;
}

function summary(runs: Run<Grade>[]): string {
  const total = (grade: Grade) =>
    runs.filter((run) => run.value === grade).reduce((sum, run) => sum + run.toM - run.fromM, 0);
  const parts = (["red", "orange", "unknown", "green"] as Grade[])
    .filter((grade) => total(grade) > 0)
    .map((grade) => `${distance(total(grade))} ${gradeWord[grade].toLowerCase()}`);
  return `The line from above, north up: ${parts.join(", ")}. The list of stretches says where.`;
}

export function PlanSketch({ route, profile, cursorM }: Props) {
  const plan = useMemo(() => planOf(route.geometry, profile.lengthM, box), [route, profile]);
  const runs = useMemo(() => gradeRuns(profile), [profile]);
  const place = placeAt(plan, cursorM);
  return (
    <figure class="plan">
      <svg viewBox={`0 0 ${plan.width} ${(plan.height + scaleStrip).toFixed(1)}`} role="img" aria-label={summary(runs)}>
        <Line plan={plan} runs={runs} />
        <Ends plan={plan} lengthM={profile.lengthM} />
        <circle cx={place.x} cy={place.y} r="11" class="plan-cursor" />
        <North />
        <ScaleBar scale={plan.scale} bottom={plan.height + scaleStrip - 10} />
      </svg>
    </figure>
  );
}

function Line({ plan, runs }: { plan: Plan; runs: Run<Grade>[] }) {
  const whole = useMemo(() => pathBetween(plan, 0, Infinity), [plan]);
  const sorted = useMemo(
    () => [...runs].sort((a, b) => precedence.indexOf(a.value) - precedence.indexOf(b.value)),
    [runs],
  );
  return (
    <>
      <path d={whole} class="plan-casing" />
      {sorted.map((run) => (
        <RunPath key={run.fromM} path={runPath(plan, run)} grade={run.value} />
      ))}
    </>
  );
}

/** A short stretch must not vanish: what is not green is drawn at least 9 units long. */
function runPath(plan: Plan, run: Run<Grade>): string {
  const missingM = run.value === "green" ? 0 : Math.max(0, 9 / plan.scale - (run.toM - run.fromM));
  return pathBetween(plan, run.fromM - missingM / 2, run.toM + missingM / 2);
}

/** Unknown is dashed as well as coloured. */
function RunPath({ path, grade }: { path: string; grade: Grade }) {
  return (
    <>
      <path d={path} class={`plan-line plan-${grade}`} />
      {grade === "unknown" && <path d={path} class="plan-line plan-unknown-dash" />}
    </>
  );
}

/** Where the label of an end has room: below it where the line leaves upwards, else above. */
function labelDy(plan: Plan, endM: number, inwardM: number): number {
  const end = placeAt(plan, endM);
  const inside = placeAt(plan, inwardM);
  return inside.y < end.y ? 28 : -17;
}

function Ends({ plan, lengthM }: { plan: Plan; lengthM: number }) {
  const start = placeAt(plan, 0);
  const end = placeAt(plan, lengthM);
  const reachM = Math.min(30 / plan.scale, lengthM / 2);
  const startDy = labelDy(plan, 0, reachM);
  const endDy = labelDy(plan, lengthM, lengthM - reachM);
  const loop = Math.hypot(start.x - end.x, start.y - end.y) < 16;
  return (
    <g class="plan-ends">
      <circle cx={start.x} cy={start.y} r="10" />
      <text x={start.x} y={start.y + startDy} text-anchor="middle">
        {loop ? "Start and end" : "Start"}
      </text>
      {!loop && <rect x={end.x - 10} y={end.y - 10} width="20" height="20" />}
      {!loop && (
        <text x={end.x} y={end.y + endDy} text-anchor="middle">
          End
        </text>
      )}
    </g>
  );
}

function North() {
  return (
    <g class="plan-north" transform={`translate(${box.width - 24} 16)`}>
      <path d="M0 0 7 20 0 15-7 20Z" />
      <text x="0" y="36" text-anchor="middle">
        N
      </text>
    </g>
  );
}

function ScaleBar({ scale, bottom }: { scale: number; bottom: number }) {
  const metres = scaleBarM(scale, 110);
  const width = metres * scale;
  return (
    <g class="plan-scale" transform={`translate(16 ${bottom.toFixed(1)})`}>
      <path d={`M0-7V0H${width.toFixed(1)}V-7`} />
      <text x={width / 2} y="-8" text-anchor="middle">
        {metres >= 1000 ? `${metres / 1000} km` : `${metres} m`}
      </text>
    </g>
  );
}
