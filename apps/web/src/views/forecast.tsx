import { useEffect } from "preact/hooks";
import type { AvalancheProblem, OfficialForecast } from "../api/forecast";
import { useNow, useResource } from "../api/use_resource";
import { Age, Time } from "../parts/age";
import { AspectRose } from "../parts/aspect_rose";
import { ArrowIcon } from "../parts/icons";
import { OverrideSection } from "../parts/override_section";
import { RatingRow } from "../parts/rating_row";
import { Pending } from "../parts/status";
import { coverageWords } from "../wording/coverage";
import { scaleOf, scaleTitle } from "../wording/danger";
import { freshnessOf, ratingCounts } from "../wording/freshness";
import { problemWord } from "../wording/problem";
import { civilDay, sentence } from "../wording/unit";

export function ForecastPage({ id }: { id: string }) {
  const resource = useResource<OfficialForecast>(`/api/forecasts/${encodeURIComponent(id)}`);
  const now = useNow();
  const forecast = resource.data;
  useEffect(() => {
    if (forecast !== undefined) document.title = `${forecast.center || forecast.provider} · AspectAvy`;
  }, [forecast]);
  const freshness = forecast === undefined ? "" : freshnessOf(forecast, now);
  return (
    <article class="forecast">
      <header>
        <p class="quiet">
          Official forecast{forecast !== undefined && ` · ${forecast.center || forecast.provider}`}
        </p>
        <h1 tabIndex={-1}>{titleOf(forecast)}</h1>
        {forecast !== undefined && <Age forecast={{ ...forecast, freshness }} now={now} />}
      </header>
      <Pending of={resource} what="the forecast" />
      {forecast !== undefined && <Content forecast={forecast} counts={ratingCounts(freshness)} />}
    </article>
  );
}

function titleOf(forecast: OfficialForecast | undefined): string {
  if (forecast === undefined) return "Official forecast";
  return forecast.texts.headline || `Forecast for ${forecast.zones.join(", ")}`;
}

function Content({ forecast, counts }: { forecast: OfficialForecast; counts: boolean }) {
  return (
    <>
      {!counts && (
        <p class="ended-note" role="note">
          This forecast no longer counts: what it says is about a time that has passed. Its ratings are shown without their colours.
        </p>
      )}
      <Ratings forecast={forecast} counts={counts} />
      <Advice title={counts ? "Travel advice" : "Travel advice at that time"} text={forecast.texts.travelAdvice} />
      <Problems forecast={forecast} />
      <Advice title="Bottom line" text={forecast.texts.bottomLine} />
      <Advice title="Discussion" text={forecast.texts.discussion} />
      <Advice title="Snowpack" text={forecast.texts.snowpack} />
      <Advice title="Weather" text={forecast.texts.weather} />
      {counts && <OverrideSection forecast={forecast} />}
      <About forecast={forecast} />
    </>
  );
}

function Advice({ title, text }: { title: string; text: string }) {
  if (text === "") return null;
  return (
    <section class="forecast-text">
      <h2>{title}</h2>
      {text.split(/\n+/).map((paragraph, i) => (
        <p key={i}>{paragraph}</p>
      ))}
    </section>
  );
}

function Ratings({ forecast, counts }: { forecast: OfficialForecast; counts: boolean }) {
  const days = [...new Set(forecast.ratings.map((rating) => rating.day))].sort();
  return (
    <section aria-labelledby="ratings-title">
      <h2 id="ratings-title">Danger</h2>
      {days.length === 0 && <p>The forecast gives no danger rating.</p>}
      {days.map((day) => (
        <div key={day}>
          <h3>{civilDay(day)}</h3>
          <ul class="ratings">
            {forecast.ratings
              .filter((rating) => rating.day === day)
              .map((rating, i) => (
                <RatingRow key={i} rating={rating} scale={forecast.scale} counts={counts} />
              ))}
          </ul>
        </div>
      ))}
      <p class="quiet">{scaleTitle[scaleOf(forecast.scale)]}</p>
    </section>
  );
}

function Problems({ forecast }: { forecast: OfficialForecast }) {
  if (!forecast.problemsStated) {
    return <p>This forecast states no avalanche problems at all; the rules then take the worse side.</p>;
  }
  if (forecast.problems.length === 0) return null;
  const problems = [...forecast.problems].sort((a, b) => a.rank - b.rank);
  return (
    <section aria-labelledby="problems-title">
      <h2 id="problems-title">Avalanche problems</h2>
      <ul class="problems">
        {problems.map((problem, i) => (
          <li key={i} class="card">
            <ProblemCard problem={problem} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function sizeWords(problem: AvalancheProblem): string | null {
  const { sizeMin, sizeMax } = problem;
  if (sizeMin === null && sizeMax === null) return null;
  return sizeMin === null || sizeMax === null || sizeMin === sizeMax
    ? `size ${sizeMax ?? sizeMin}`
    : `size ${sizeMin} to ${sizeMax}`;
}

function ProblemCard({ problem }: { problem: AvalancheProblem }) {
  const facts = [
    problem.period === "all_day" ? "" : `${problem.period} in the day`,
    problem.likelihood,
    problem.stability === "" ? "" : `stability ${problem.stability.replaceAll("_", " ")}`,
    problem.frequency === "" ? "" : `frequency ${problem.frequency.replaceAll("_", " ")}`,
    sizeWords(problem) ?? "",
  ].filter((fact) => fact !== "");
  return (
    <>
      <AspectRose where={problem.where} />
      <div>
        <h3>{problemWord(problem.type)}</h3>
        <p>{sentence(coverageWords(problem.where))}</p>
        {facts.length > 0 && <p class="quiet">{sentence(facts.join(", "))}</p>}
        {!problem.coverageComplete && <p>Part of where it applies could not be read: it may apply anywhere.</p>}
        {problem.comment !== "" && <p>{problem.comment}</p>}
      </div>
    </>
  );
}

function About({ forecast }: { forecast: OfficialForecast }) {
  return (
    <section aria-labelledby="about-title">
      <h2 id="about-title">About this forecast</h2>
      <dl class="facts">
        <div>
          <dt>Issued</dt>
          <dd>
            <Time at={forecast.issuedAt} />
          </dd>
        </div>
        <div>
          <dt>Valid from</dt>
          <dd>
            <Time at={forecast.validFrom} />
          </dd>
        </div>
        <div>
          <dt>Expires</dt>
          <dd>
            {forecast.expiresAt === null ? "not stated" : <Time at={forecast.expiresAt} />}
            {forecast.expirySource === "assumed_24h" && " (assumed: 24 h after issue)"}
          </dd>
        </div>
        <div>
          <dt>Zones</dt>
          <dd>{forecast.zones.join(", ")}</dd>
        </div>
        {forecast.author !== "" && (
          <div>
            <dt>Author</dt>
            <dd>{forecast.author}</dd>
          </div>
        )}
        <div>
          <dt>Revision</dt>
          <dd>{forecast.revision}</dd>
        </div>
      </dl>
      {forecast.attribution !== "" && <p class="quiet">{forecast.attribution}</p>}
      {forecast.link.startsWith("http") && (
        <p class="links">
          <a class="button" href={forecast.link} target="_blank" rel="noopener noreferrer">
            Full forecast at the centre <ArrowIcon to="out" />
            <span class="hidden"> (opens a new window)</span>
          </a>
        </p>
      )}
    </section>
  );
}
