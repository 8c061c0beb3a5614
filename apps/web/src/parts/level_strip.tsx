import type { Assessment } from "../api/assessment";
import type { Scale } from "../wording/danger";
import { gradeOf } from "../wording/grade";
import { distance } from "../wording/unit";
import { GradeBadge, LevelBadge } from "./badges";

/** The grade of the whole route at each level: terrain only, the forecast plays no part. */
export function LevelStrip({ assessment, scale }: { assessment: Assessment; scale: Scale }) {
  const inForce = assessment.inForce.highestLevel;
  return (
    <ol class="levels">
      {assessment.levels.map((entry) => (
        <li key={entry.level} class={entry.level === inForce ? "level-now" : ""}>
          <LevelBadge level={entry.level} scale={scale} />
          <GradeBadge grade={gradeOf(entry.grade)} small />
          <span class="level-rule">
            {ruleWords(entry.minSlopeDeg)}
            {entry.longest.lengthM > 0 && `; longest ${distance(entry.longest.lengthM)}`}
            {entry.unknownM > 0 && `; ${distance(entry.unknownM)} unknown`}
          </span>
          {entry.level === inForce && <strong class="level-mark">Highest on the line now</strong>}
        </li>
      ))}
    </ol>
  );
}

function ruleWords(minSlopeDeg: number | null): string {
  if (minSlopeDeg === null) return "the rule sets no slope limit";
  return minSlopeDeg === 0 ? "all ground closed" : `closed from ${minSlopeDeg}° on`;
}
