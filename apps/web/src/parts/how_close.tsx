import type { Fragility } from "../api/assessment";
import type { Grade } from "../wording/grade";
import { marginWords } from "../wording/why";

/** The fact "How close" of a list of facts; nothing where no slope error within the ruleset's limit makes it worse. */
export function HowClose({ grade, fragility }: { grade: Grade; fragility: Fragility }) {
  const margin = marginWords(grade, fragility);
  if (margin === null) return null;
  return (
    <div class="fact-wide">
      <dt>How close</dt>
      <dd>{margin}</dd>
    </div>
  );
}
