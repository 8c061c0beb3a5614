import { clockTime } from "../wording/unit";
import { ageSentence, freshnessAt, freshnessWord, type Dated } from "../wording/freshness";
import { ClockIcon } from "./icons";

export function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {clockTime(at)}
    </time>
  );
}

/** How old the forecast is and when it ends: always visible wherever a rating is. */
export function Age({ forecast, now }: { forecast: Dated; now: number }) {
  const freshness = freshnessAt(forecast, now);
  return (
    <p class={`age age-${freshness}`}>
      <ClockIcon />
      <span>
        <strong>{freshnessWord(freshness)}</strong> · {ageSentence(forecast, now)}
      </span>
    </p>
  );
}
