export type Grade = "red" | "orange" | "green" | "unknown";

/** A word this build does not know is unknown, never anything better. */
export function gradeOf(word: string | undefined | null): Grade {
  return word === "red" || word === "orange" || word === "green" ? word : "unknown";
}

export const gradeWord: Record<Grade, string> = {
  red: "Red",
  orange: "Orange",
  green: "Green",
  unknown: "Unknown",
};

export const gradeMeaning: Record<Grade, string> = {
  red: "A long continuous stretch lies in terrain that the rule closes at today’s danger.",
  orange: "A short continuous stretch lies in terrain that the rule closes at today’s danger.",
  green:
    "No stretch crossed the rule, nothing more. Green does not say what the snow will do, and it does not replace the official forecast or your own judgement.",
  unknown: "Something that decides the grade is missing. Treat it as you would treat red until you know.",
};

/** Precedence: a later one is the grade of the whole when parts differ. */
export const precedence: Grade[] = ["green", "orange", "unknown", "red"];

export function worse(a: Grade, b: Grade): Grade {
  return precedence.indexOf(a) >= precedence.indexOf(b) ? a : b;
}
