// Every part of the route that is not plainly green, in words: what, where, why, how close.
import type { Assessment, Stretch, UnknownPart } from "../api/assessment";
import { aspectList } from "../wording/aspect";
import { levelLabel, type Scale } from "../wording/danger";
import { flagSentence } from "../wording/flag";
import { gradeOf } from "../wording/grade";
import { problemWord } from "../wording/problem";
import { unknownSentence, unknownTitle } from "../wording/unknown";
import { degrees, distance, distanceRange, elevationRange } from "../wording/unit";
import { GradeBadge, LevelBadge } from "./badges";
import { HowClose } from "./how_close";

interface Props {
  assessment: Assessment;
  scale: Scale;
  onShow?: (metres: number) => void;
}

type Part = { kind: "stretch"; part: Stretch } | { kind: "unknown"; part: UnknownPart };

function partsOf(assessment: Assessment): Part[] {
  const parts: Part[] = [
    ...assessment.inForce.stretches.map((part): Part => ({ kind: "stretch", part })),
    ...assessment.inForce.unknown.map((part): Part => ({ kind: "unknown", part })),
  ];
  return parts.sort((a, b) => a.part.fromM - b.part.fromM);
}

export function StretchList({ assessment, scale, onShow }: Props) {
  const parts = partsOf(assessment);
  if (parts.length === 0) {
    return <p>No part of the line lies in terrain that the rule closes, and every part could be graded.</p>;
  }
  return (
    <ol class="stretches">
      {parts.map((entry) => (
        <li key={`${entry.kind} ${entry.part.fromM}`}>
          {entry.kind === "stretch" ? (
            <StretchCard stretch={entry.part} scale={scale} assessment={assessment} onShow={onShow} />
          ) : (
            <UnknownCard part={entry.part} assessment={assessment} onShow={onShow} />
          )}
        </li>
      ))}
    </ol>
  );
}

interface CardProps {
  assessment: Assessment;
  onShow: ((metres: number) => void) | undefined;
}

function zoneNames(assessment: Assessment, zones: number[]): string {
  return zones.map((zone) => assessment.zones[zone]?.zoneName || assessment.zones[zone]?.zoneKey || "?").join(", ");
}

function ShowButton({ part, onShow }: { part: { fromM: number; toM: number }; onShow: CardProps["onShow"] }) {
  if (onShow === undefined) return null;
  return (
    <button type="button" class="show-button" onClick={() => onShow((part.fromM + part.toM) / 2)}>
      Show on the profile<span class="hidden"> {distanceRange(part.fromM, part.toM)}</span>
    </button>
  );
}

function StretchCard({ stretch, scale, assessment, onShow }: CardProps & { stretch: Stretch; scale: Scale }) {
  const grade = gradeOf(stretch.grade);
  const official = stretch.officialLevel;
  const zones = zoneNames(assessment, stretch.zones);
  return (
    <article class={`stretch stretch-${grade}`}>
      <h3>
        <GradeBadge grade={grade} small />
        <span>
          {distance(stretch.lengthM)} <span class="quiet">at {distanceRange(stretch.fromM, stretch.toM)}</span>
        </span>
      </h3>
      <dl class="facts">
        <div class="fact-wide">
          <dt>Level</dt>
          <dd>
            <LevelBadge level={stretch.level} scale={scale} />
          </dd>
        </div>
        {official !== null && official !== stretch.level && (
          <div>
            <dt>Official level</dt>
            <dd>{levelLabel(official, scale)}</dd>
          </div>
        )}
        <div>
          <dt>Slope</dt>
          <dd>
            up to {degrees(stretch.slopeMaxDeg)}, mean {degrees(stretch.slopeMeanDeg)}
          </dd>
        </div>
        <div>
          <dt>Aspects</dt>
          <dd>{aspectList(stretch.aspects)}</dd>
        </div>
        <div>
          <dt>Elevation</dt>
          <dd>{elevationRange(stretch.elevationMinM, stretch.elevationMaxM)}</dd>
        </div>
        {stretch.problems.length > 0 && (
          <div class="fact-wide">
            <dt>Problems</dt>
            <dd>{stretch.problems.map(problemWord).join(", ")}</dd>
          </div>
        )}
        {zones !== "" && (
          <div>
            <dt>Zone</dt>
            <dd>{zones}</dd>
          </div>
        )}
        <HowClose grade={grade} fragility={stretch.fragility} />
      </dl>
      {(stretch.flags.length > 0 || stretch.unknownCodes.length > 0) && (
        <ul class="notes">
          {stretch.unknownCodes.map((code) => (
            <li key={code}>Could be worse than stated: {unknownSentence(code)}</li>
          ))}
          {stretch.flags.map((flag) => (
            <li key={flag}>{flagSentence(flag)}</li>
          ))}
        </ul>
      )}
      <ShowButton part={stretch} onShow={onShow} />
    </article>
  );
}

function UnknownCard({ part, assessment, onShow }: CardProps & { part: UnknownPart }) {
  const zones = zoneNames(assessment, part.zones);
  return (
    <article class="stretch stretch-unknown">
      <h3>
        <GradeBadge grade="unknown" small />
        <span>
          {distance(part.lengthM)} <span class="quiet">at {distanceRange(part.fromM, part.toM)}</span>
        </span>
      </h3>
      <ul class="reasons">
        {part.unknownCodes.map((code) => (
          <li key={code}>
            <strong>{unknownTitle(code)}.</strong> {unknownSentence(code)}{" "}
            <code class="quiet">{code}</code>
          </li>
        ))}
      </ul>
      {zones !== "" && <p class="quiet">Zone: {zones}</p>}
      <ShowButton part={part} onShow={onShow} />
    </article>
  );
}
