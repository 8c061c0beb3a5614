// The API's answers as this page reads them. Enums are open: every word may be one that this build does not
// know, so they are typed as string and the wording tables have a fallback.

export type LonLat = [number, number];

export interface FieldFault {
  path: string;
  code: string;
  message: string;
}

export interface ProblemBody {
  title: string;
  status: number;
  code: string;
  detail?: string;
  requestId?: string;
  errors?: FieldFault[];
}

export interface Compile {
  status: string;
  grade?: string;
  /** Beside a grade that rests on the reader's own danger. */
  officialGrade?: string;
  computedAt?: string;
}

export interface RouteSummary {
  id: string;
  name: string;
  createdAt: string;
  lengthM: number;
  compile: Compile;
}

export interface LineString {
  type: "LineString";
  coordinates: number[][];
}

export interface MultiLineString {
  type: "MultiLineString";
  coordinates: number[][][];
}

export interface Route extends RouteSummary {
  bbox: [number, number, number, number];
  geometry: LineString | MultiLineString;
}

export interface ZoneProperties {
  key: string;
  name: string;
  provider: string;
  scale: string;
  forecastId: string | null;
  level: number | null;
  levelName: string | null;
  ratingState: string;
  freshness: string;
  issuedAt: string | null;
  expiresAt: string | null;
  center: string;
  link: string;
  travelAdvice: string;
}

export interface ZoneFeature {
  type: "Feature";
  properties: ZoneProperties;
  geometry:
    | { type: "Polygon"; coordinates: number[][][] }
    | { type: "MultiPolygon"; coordinates: number[][][][] }
    | null;
}

export interface ZoneCollection {
  type: "FeatureCollection";
  features: ZoneFeature[];
}

export interface ProviderState {
  id: string;
  kind: string;
  lastAttemptAt: string | null;
  lastGoodAt: string | null;
  lastError: string | null;
  driftCount: number;
}

export interface Profile {
  lengthM: number;
  fromM: number[];
  toM: number[];
  elevationM: (number | null)[];
  slopeDeg: (number | null)[];
  aspectDeg: (number | null)[];
  state: string[];
  grade: string[];
  level: (string | null)[];
}
