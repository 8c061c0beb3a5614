import type { Assessment } from "../api/assessment";
import type { Scale } from "../wording/danger";
import { gradeMeaning, gradeOf, gradeWord } from "../wording/grade";
import { distance } from "../wording/unit";
import { alsoUnknown, whySentence } from "../wording/why";
import { GradeBadge, LevelBadge } from "./badges";
import { HowClose } from "./how_close";
import { GradeIcon } from "./icons";

interface Props {
  assessment: Assessment;
  scale: Scale;
  /** The answer's forecasts have ended since it was computed: no grade may be shown. */
  ended: boolean;
}

export function GradeBanner({ assessment, scale, ended }: Props) {
  const { inForce } = assessment;
  const grade = ended ? "unknown" : gradeOf(inForce.grade);
  const also = ended ? null : alsoUnknown(assessment);
  return (
    <section class={`banner banner-${grade}`} aria-labelledby="grade-title">
      <div class="banner-head">
        <GradeIcon grade={grade} />
        <div>
          <p class="banner-kicker">
            {assessment.kind === "override" ? "Grade under your override" : "Grade in force"}
          </p>
          <h2 id="grade-title">{gradeWord[grade]}</h2>
        </div>
      </div>
      <div class="banner-body">
        <p class="banner-why">
          {ended
            ? "The forecast behind this answer has ended since it was computed. A new answer is being asked for."
            : whySentence(assessment, scale)}
        </p>
        {also !== null && (
          <p class="banner-also">
            <GradeBadge grade="unknown" small /> <span>{also}</span>
          </p>
        )}
        <p class="banner-meaning">{gradeMeaning[grade]}</p>
        {!ended && (
          <dl class="banner-facts">
            {inForce.highestLevel !== null && (
              <div class="fact-wide">
                <dt>Highest level on the line</dt>
                <dd>
                  <LevelBadge level={inForce.highestLevel} scale={scale} />
                </dd>
              </div>
            )}
            <div>
              <dt>In closed terrain</dt>
              <dd>{distance(inForce.noGoM)}</dd>
            </div>
            <div>
              <dt>Unknown</dt>
              <dd>{distance(inForce.unknownM)}</dd>
            </div>
            <HowClose grade={grade} fragility={inForce.fragility} />
          </dl>
        )}
      </div>
    </section>
  );
}
