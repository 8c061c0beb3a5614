// Grading against a danger that the reader chooses. Never mistaken for the official answer.
import { useState } from "preact/hooks";
import { ApiError, postJson } from "../api/client";
import type { WhatIfAnswer } from "../api/assessment";
import { levelWord, ruleLevels, type Scale } from "../wording/danger";
import { gradeMeaning, gradeOf, type Grade } from "../wording/grade";
import { whySentence } from "../wording/why";
import { GradeBadge, LevelBadge } from "./badges";
import { Failure, Loading } from "./status";
import { StretchList } from "./stretch_list";

interface Props {
  routeId: string;
  scale: Scale;
  official: Grade;
}

type State =
  | { name: "idle" }
  | { name: "asking"; level: string }
  | { name: "answered"; level: string; answer: WhatIfAnswer }
  | { name: "failed"; level: string; error: ApiError };

export function WhatIf({ routeId, scale, official }: Props) {
  const [state, setState] = useState<State>({ name: "idle" });
  const chosen = state.name === "idle" ? undefined : state.level;

  const ask = async (level: string) => {
    setState({ name: "asking", level });
    let next: State;
    try {
      const answer = await postJson<WhatIfAnswer>(`/api/routes/${encodeURIComponent(routeId)}/what-if`, { level });
      next = { name: "answered", level, answer };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      next = { name: "failed", level, error };
    }
    setState((now) => (now.name === "asking" && now.level === level ? next : now));
  };

  return (
    <div class="what-if">
      <fieldset>
        <legend>What if the whole route were at …</legend>
        <div class="what-if-levels">
          {ruleLevels.map((level) => (
            <label key={level} class={chosen === level ? "chosen" : ""}>
              <input
                type="radio"
                name="what-if-level"
                value={level}
                checked={chosen === level}
                onChange={() => void ask(level)}
              />
              <LevelBadge level={level} scale={scale} />
            </label>
          ))}
        </div>
      </fieldset>
      <div aria-live="polite">
        {state.name === "asking" && <Loading what="the what-if answer" />}
        {state.name === "failed" && (
          <Failure title="No what-if answer" error={state.error} retry={() => void ask(state.level)} />
        )}
        {state.name === "answered" && (
          <div class="what-if-answer">
            <p class="what-if-label">What if: {levelWord(state.level, scale)} everywhere. Not the official forecast.</p>
            <WhatIfGrade answer={state.answer} scale={scale} official={official} />
          </div>
        )}
      </div>
    </div>
  );
}

function WhatIfGrade({ answer, scale, official }: { answer: WhatIfAnswer; scale: Scale; official: Grade }) {
  const grade = gradeOf(answer.assessment.inForce.grade);
  return (
    <>
      <p class="what-if-grades">
        <span>
          What if: <GradeBadge grade={grade} />
        </span>
        <span>
          Official: <GradeBadge grade={official} />
        </span>
      </p>
      <p>{whySentence(answer.assessment, scale)}</p>
      {grade === "green" && <p class="quiet">{gradeMeaning.green}</p>}
      <details>
        <summary>Stretches of this what-if</summary>
        <StretchList assessment={answer.assessment} scale={scale} />
      </details>
    </>
  );
}
