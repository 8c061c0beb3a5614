// Fills of the grade bands: solid red, striped orange, hatched unknown, plain green. Patterns repeat what the
// colours say.
import type { Grade } from "../wording/grade";

export function GradePatterns({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={`${id}-unknown`} width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="9" height="9" class="pattern-unknown" />
        <rect width="3.5" height="9" class="pattern-unknown-stripe" />
      </pattern>
      <pattern id={`${id}-orange`} width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" class="pattern-orange" />
        <rect width="1.6" height="6" class="pattern-orange-stripe" />
      </pattern>
    </defs>
  );
}

/** The fill of a band where a pattern is needed; undefined leaves it to the style sheet. */
export function bandFill(id: string, grade: Grade): string | undefined {
  return grade === "unknown" || grade === "orange" ? `url(#${id}-${grade})` : undefined;
}
