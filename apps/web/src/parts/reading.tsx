// What the profile says at the cursor: as figures, and as one sentence for a voice.
import type { Profile } from "../api/types";
import { pieceAt } from "../model/profile";
import { octantOf, spokenOctant } from "../wording/aspect";
import { levelLabel, type Scale } from "../wording/danger";
import { gradeOf, gradeWord } from "../wording/grade";
import { degrees, distance, elevation } from "../wording/unit";
import { GradeBadge } from "./badges";

function whyNothing(state: string): string {
  return state === "line_gap" ? "line gap" : "no data";
}

export function spokenReading(profile: Profile, metres: number): string {
  const i = pieceAt(profile, metres);
  const grade = gradeWord[gradeOf(profile.grade[i])];
  const elevationM = profile.elevationM[i];
  const slopeDeg = profile.slopeDeg[i];
  const aspectDeg = profile.aspectDeg[i];
  const level = profile.level[i];
  const parts = [distance(metres)];
  if (elevationM === null || elevationM === undefined) parts.push(whyNothing(profile.state[i] ?? ""));
  else parts.push(`elevation ${elevation(elevationM)}`);
  if (slopeDeg !== null && slopeDeg !== undefined) parts.push(`slope ${degrees(slopeDeg)}`);
  if (aspectDeg !== null && aspectDeg !== undefined) parts.push(`facing ${spokenOctant(octantOf(aspectDeg))}`);
  parts.push(level ? `level ${levelLabel(level, "neutral")}` : "level unknown");
  parts.push(`stretch graded ${grade}`);
  return parts.join(", ");
}

export function Reading({ profile, metres, scale }: { profile: Profile; metres: number; scale: Scale }) {
  const i = pieceAt(profile, metres);
  const elevationM = profile.elevationM[i] ?? null;
  const slopeDeg = profile.slopeDeg[i] ?? null;
  const aspectDeg = profile.aspectDeg[i] ?? null;
  const level = profile.level[i] ?? null;
  const missing = whyNothing(profile.state[i] ?? "");
  return (
    <dl class="reading" aria-label="At the cursor">
      <div>
        <dt>Distance</dt>
        <dd>{distance(metres)}</dd>
      </div>
      <div>
        <dt>Elevation</dt>
        <dd>{elevationM === null ? missing : elevation(elevationM)}</dd>
      </div>
      <div>
        <dt>Slope</dt>
        <dd>{slopeDeg === null ? "unknown" : degrees(slopeDeg)}</dd>
      </div>
      <div>
        <dt>Aspect</dt>
        <dd>{aspectDeg === null ? (slopeDeg === null ? "unknown" : "flat") : `${octantOf(aspectDeg)} ${Math.round(aspectDeg)}°`}</dd>
      </div>
      <div>
        <dt>Level</dt>
        <dd>{level === null ? "unknown" : levelLabel(level, scale)}</dd>
      </div>
      <div>
        <dt>Stretch</dt>
        <dd>
          <GradeBadge grade={gradeOf(profile.grade[i])} small />
        </dd>
      </div>
    </dl>
  );
}
