import type { Rating } from "../api/forecast";
import { coverageWords } from "../wording/coverage";
import { dangerNumber, levelWord, scaleOf } from "../wording/danger";
import { ratingStateWord } from "../wording/freshness";
import { sentence } from "../wording/unit";
import { DangerBadge } from "./badges";

/** One rating of a forecast: level, where, when. Once it no longer counts it is told in words, without its colour. */
export function RatingRow({ rating, scale: scaleName, counts }: { rating: Rating; scale: string; counts: boolean }) {
  const scale = scaleOf(scaleName);
  const level = rating.level === null ? null : (dangerNumber(rating.level) ?? null);
  const said = rating.level === null ? ratingStateWord(rating.state) : levelWord(rating.level, scale);
  return (
    <li>
      <DangerBadge level={counts ? level : null} scale={scale} instead={counts ? said : `Was: ${said}`} />
      <span>
        {sentence(coverageWords(rating.where))}
        {rating.period !== "all_day" && `, ${rating.period} in the day`}
      </span>
    </li>
  );
}
