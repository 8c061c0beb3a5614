// Said above every grade that rests on an override: whose danger it is, why, until when, and the official grade.
import type { AssessmentAnswer } from "../api/assessment";
import type { Override, RouteOverride } from "../api/override";
import type { Scale } from "../wording/danger";
import { gradeOf, gradeWord } from "../wording/grade";
import { bandsWords, problemsWords } from "../wording/override";
import { Time } from "./age";
import { GradeBadge } from "./badges";

interface Props {
  answer: AssessmentAnswer;
  override: RouteOverride;
  scale: Scale;
}

export function OverrideNote({ answer, override, scale }: Props) {
  const official = gradeOf(override.official.assessment.inForce.grade);
  const own = gradeOf(answer.assessment.inForce.grade);
  return (
    <section class="override-note" aria-labelledby="override-title">
      <h2 id="override-title">
        Official: {gradeWord[official].toLowerCase()} — your override: {gradeWord[own].toLowerCase()}
      </h2>
      <p class="override-grades">
        <span>
          Official <GradeBadge grade={official} />
        </span>
        <span>
          Your override <GradeBadge grade={own} />
        </span>
      </p>
      {override.inForce.map((one) => (
        <OverrideFacts key={one.id} override={one} scale={scale} />
      ))}
    </section>
  );
}

function OverrideFacts({ override, scale }: { override: Override; scale: Scale }) {
  return (
    <div class="override-facts">
      <h3>{override.zoneName || override.zoneKey}</h3>
      <p>
        “{override.reason}” {override.lowersDanger && <strong>Some of it is less than the official danger.</strong>}
      </p>
      <p>
        {bandsWords(override.bands, scale)}. {problemsWords(override.problems)}.
      </p>
      <p class="quiet">
        Set <Time at={override.setAt} />, until <Time at={override.endsAt} /> or another forecast.{" "}
        <a href={`/forecasts/${encodeURIComponent(override.baseForecastId)}`}>The forecast it was set on</a>
      </p>
    </div>
  );
}
