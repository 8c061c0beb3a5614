// An assessment as the grading engine renders it, with its receipt.

import type { RouteOverride } from "./override";

export interface Span {
  fromM: number;
  toM: number;
  lengthM: number;
  mercatorM: number;
}

export interface Change extends Span {
  kind: string;
  amount: number;
  to: string;
}

export interface Fragility {
  slopeToOrangeDeg: number | null;
  slopeToRedDeg: number | null;
  changes: Change[];
}

export interface Stretch extends Span {
  grade: string;
  level: string;
  officialLevel: string | null;
  slopeMaxDeg: number;
  slopeMeanDeg: number;
  elevationMinM: number;
  elevationMaxM: number;
  aspects: string[];
  problems: string[];
  flags: string[];
  unknownCodes: string[];
  zones: number[];
  fragility: Fragility;
}

export interface UnknownPart extends Span {
  unknownCodes: string[];
  zones: number[];
}

/** A part along which the level in force and its reasons stay the same. */
export interface Section extends Span {
  level: string | null;
  officialLevel: string | null;
  unknownCodes: string[];
  flags: string[];
  problems: string[];
  zones: number[];
}

export interface InForce {
  grade: string;
  highestLevel: string | null;
  longest: Span;
  noGoM: number;
  unknownM: number;
  unknownCodes: string[];
  fragility: Fragility;
  stretches: Stretch[];
  unknown: UnknownPart[];
  sections: Section[];
}

export interface LevelGrade {
  level: string;
  minSlopeDeg: number | null;
  grade: string;
  longest: Span;
  noGoM: number;
  unknownM: number;
}

export interface CitedZone {
  zoneKey: string;
  zoneName: string;
  provider: string;
  center: string;
  link: string;
  forecastId: string;
  contentSha256: string;
  freshness: string;
  scale: string;
  issuedAt: string | null;
  expiresAt: string | null;
}

export interface Assessment {
  kind: string;
  ruleset: { id: string; version: number; label: string; sha256: string };
  at: string;
  day: string;
  validUntil: string | null;
  lengthM: number;
  inForce: InForce;
  levels: LevelGrade[];
  zones: CitedZone[];
}

export interface Changes {
  since: string;
  gradeBefore: string;
  gradeNow: string;
  summary: string[];
}

export interface AssessmentAnswer {
  routeId: string;
  assessment: Assessment;
  receipt: Record<string, unknown>;
  receiptId: string;
  changes: Changes | null;
  /** Where the grade rests on the reader's own danger: never shown without it. */
  override?: RouteOverride;
}

export interface WhatIfAnswer {
  routeId: string;
  assessment: Assessment;
}
