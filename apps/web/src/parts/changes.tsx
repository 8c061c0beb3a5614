import type { Changes } from "../api/assessment";
import { gradeOf } from "../wording/grade";
import { unknownTitle } from "../wording/unknown";
import { Time } from "./age";
import { GradeBadge } from "./badges";
import { ArrowIcon } from "./icons";

/** The api's lines name reasons by their codes: OUTSIDE_ZONES. */
function withoutCodes(line: string): string {
  return line.replace(/\b[A-Z]+(?:_[A-Z]+)+\b/g, (code) => unknownTitle(code).toLowerCase());
}

/** What changed when the newest forecast was issued. */
export function ChangesSinceLast({ changes }: { changes: Changes }) {
  const before = gradeOf(changes.gradeBefore);
  const now = gradeOf(changes.gradeNow);
  return (
    <section class="card" aria-labelledby="changes-title">
      <h2 id="changes-title">Since the last forecast</h2>
      <p class="changes-grades">
        <GradeBadge grade={before} small />
        <ArrowIcon to="right" />
        <span class="hidden">to</span>
        <GradeBadge grade={now} small />
        <span class="quiet">
          since <Time at={changes.since} />
        </span>
      </p>
      {changes.summary.length > 0 && (
        <ul>
          {changes.summary.map((line) => (
            <li key={line}>{withoutCodes(line)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
