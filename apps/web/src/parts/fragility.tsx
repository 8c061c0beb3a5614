import type { Assessment } from "../api/assessment";
import { gradeOf } from "../wording/grade";
import { distanceRange } from "../wording/unit";
import { changeWords, marginWords } from "../wording/why";
import { GradeBadge } from "./badges";

/** The smallest changes that make the grade worse, each tried alone. */
export function FragilityList({ assessment }: { assessment: Assessment }) {
  const { fragility, grade: word } = assessment.inForce;
  const grade = gradeOf(word);
  if (grade === "red") return <p>The grade is red already; nothing makes it worse.</p>;
  const margin = marginWords(grade, fragility);
  return (
    <>
      {margin !== null && <p class="margin-words">{margin}</p>}
      {fragility.changes.length === 0 ? (
        <p>
          None of the changes that the rules try (slope up to the usual error of the elevation model, band border,
          aspect, one danger level) makes it worse.
        </p>
      ) : (
        <ul class="changes">
          {fragility.changes.map((change) => (
            <li key={change.kind}>
              <span>
                {changeWords(change)} <span class="quiet">({distanceRange(change.fromM, change.toM)})</span>
              </span>
              <GradeBadge grade={gradeOf(change.to)} small />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
