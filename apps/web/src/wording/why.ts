// The one sentence under a grade, and how close the call is.

import type { Assessment, Change, Fragility, Stretch } from "../api/assessment";
import { aspectList } from "./aspect";
import { levelLabel, type Scale } from "./danger";
import { gradeOf, gradeWord, type Grade } from "./grade";
import { unknownSentence } from "./unknown";
import { degrees, distance, distanceRange, elevationRange, plural } from "./unit";

/** The stretch whose length decided the grade. */
export function decidingStretch(assessment: Assessment): Stretch | undefined {
  const { longest, stretches } = assessment.inForce;
  return stretches.find((stretch) => stretch.fromM === longest.fromM && stretch.toM === longest.toM);
}

function closedGround(assessment: Assessment, level: string, scale: Scale): string {
  const rule = assessment.levels.find((entry) => entry.level === level)?.minSlopeDeg;
  const at = levelLabel(level, scale);
  if (rule === null || rule === undefined) return `terrain that the rule closes at ${at}`;
  return rule === 0 ? `terrain that the rule closes altogether at ${at}` : `terrain of ${rule}° and more, closed at ${at}`;
}

function stretchSentence(assessment: Assessment, stretch: Stretch, scale: Scale): string {
  return (
    `${distance(stretch.lengthM)} without a break (${distanceRange(stretch.fromM, stretch.toM)}) run through ` +
    `${closedGround(assessment, stretch.level, scale)}: up to ${degrees(stretch.slopeMaxDeg)} steep, ` +
    `facing ${aspectList(stretch.aspects)}, at ${elevationRange(stretch.elevationMinM, stretch.elevationMaxM)}.`
  );
}

function unknownPartSentence(assessment: Assessment): string {
  const { unknownM, unknownCodes } = assessment.inForce;
  const share = unknownM >= assessment.lengthM - 0.5 ? "None of this route" : `${distance(unknownM)} of this route`;
  const reasons = unknownCodes.map(unknownSentence).join(" ");
  const verb = share.startsWith("None") ? "can be graded" : "cannot be graded";
  return `${share} ${verb}. ${reasons}`.trim();
}

export function whySentence(assessment: Assessment, scale: Scale): string {
  const grade = gradeOf(assessment.inForce.grade);
  const stretch = decidingStretch(assessment);
  if (grade === "unknown") return unknownPartSentence(assessment);
  if (grade === "green") {
    const rest =
      stretch === undefined
        ? ""
        : ` The longest piece inside closed terrain measures ${distance(stretch.lengthM)}, too short to count.`;
    return `No stretch crossed the rule, nothing more.${rest}`;
  }
  if (stretch === undefined) return `The longest stretch in closed terrain measures ${distance(assessment.inForce.longest.lengthM)}.`;
  return stretchSentence(assessment, stretch, scale);
}

/** Said beside a red that has unknown parts as well. */
export function alsoUnknown(assessment: Assessment): string | null {
  const { grade, unknownM } = assessment.inForce;
  return gradeOf(grade) !== "unknown" && unknownM > 0 ? unknownPartSentence(assessment) : null;
}

/** "Orange, 1.2° from red"; null when no slope error within the ruleset's limit makes it worse. */
export function marginWords(grade: Grade, fragility: Fragility): string | null {
  const { slopeToOrangeDeg, slopeToRedDeg } = fragility;
  if (grade === "red") return null;
  if (slopeToOrangeDeg !== null && (slopeToRedDeg === null || slopeToOrangeDeg < slopeToRedDeg)) {
    return `${gradeWord[grade]}, ${degrees(slopeToOrangeDeg)} from orange`;
  }
  return slopeToRedDeg === null ? null : `${gradeWord[grade]}, ${degrees(slopeToRedDeg)} from red`;
}

/** What a change is, in words: "slopes 2.0° steeper than the elevation model says". */
export function changeWords(change: Change): string {
  switch (change.kind) {
    case "slope":
      return `Slopes ${degrees(change.amount)} steeper than the elevation model says`;
    case "aspect":
      return `Slopes facing ${plural(change.amount, "octant")} further round the compass`;
    case "elevation":
      return `Band borders ${Math.round(change.amount)} m higher or lower`;
    case "danger":
      return `Danger ${plural(change.amount, "level")} higher than forecast`;
    default:
      return `${change.kind} changed by ${change.amount}`;
  }
}
