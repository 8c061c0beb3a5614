// Danger and grades: colour + number + icon + word, always together.
import { dangerNumber, dangerWord, levelWord, type Scale } from "../wording/danger";
import { gradeWord, type Grade } from "../wording/grade";
import { DangerIcon, GradeIcon } from "./icons";

export function GradeBadge({ grade, small = false }: { grade: Grade; small?: boolean }) {
  return (
    <span class={`grade grade-${grade}${small ? " grade-small" : ""}`}>
      <GradeIcon grade={grade} />
      <span>{gradeWord[grade]}</span>
    </span>
  );
}

/** The colour class of a danger level; grey when it is not known or no longer counts. */
export function dangerClass(level: number | null, scale: Scale): string {
  return level === null ? "danger-none" : `danger-${scale}-${level}`;
}

interface DangerProps {
  level: number | null;
  scale: Scale;
  /** Said in place of the level's word when there is no level that counts. */
  instead?: string;
}

export function DangerBadge({ level, scale, instead = "No rating" }: DangerProps) {
  return (
    <span class="danger">
      <span class={`danger-swatch ${dangerClass(level, scale)}`}>
        <span class="danger-number">{level ?? "–"}</span>
        <DangerIcon level={level} />
      </span>
      <span class="danger-word">{level === null ? instead : dangerWord(level, scale)}</span>
    </span>
  );
}

/** A level of the rules: like the official one, with "scary moderate" told apart. */
export function LevelBadge({ level, scale }: { level: string; scale: Scale }) {
  const number = dangerNumber(level) ?? null;
  return (
    <span class="danger">
      <span class={`danger-swatch ${dangerClass(number, scale)}`}>
        <span class="danger-number">
          {number ?? "–"}
          {level === "scary_moderate" ? "+" : ""}
        </span>
        <DangerIcon level={number} />
      </span>
      <span class="danger-word">{levelWord(level, scale)}</span>
    </span>
  );
}
