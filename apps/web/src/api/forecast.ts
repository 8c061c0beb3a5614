// An official forecast, normalised, as the api serves it.

export interface Bound {
  kind: string;
  m: number | null;
}

export interface Coverage {
  lower: Bound;
  upper: Bound;
  aspects: string[];
  aspectsStated: boolean;
  /** 24 bits, band × 8 + octant; bands upper, middle, lower. */
  rose: number | null;
}

export interface Rating {
  day: string;
  period: string;
  where: Coverage;
  level: string | null;
  state: string;
  native: string;
}

export interface AvalancheProblem {
  type: string;
  nativeType: string;
  day: string | null;
  period: string;
  rank: number;
  where: Coverage;
  coverageComplete: boolean;
  likelihood: string;
  stability: string;
  frequency: string;
  sizeMin: number | null;
  sizeMax: number | null;
  comment: string;
}

export interface OfficialForecast {
  id: string;
  revision: number;
  provider: string;
  productId: string;
  contentSha256: string;
  zones: string[];
  type: string;
  scale: string;
  issuedAt: string;
  validFrom: string;
  expiresAt: string | null;
  expirySource: string;
  offSeason: boolean;
  author: string;
  center: string;
  link: string;
  attribution: string;
  ratings: Rating[];
  problems: AvalancheProblem[];
  problemsStated: boolean;
  texts: {
    headline: string;
    bottomLine: string;
    discussion: string;
    snowpack: string;
    weather: string;
    travelAdvice: string;
  };
}
