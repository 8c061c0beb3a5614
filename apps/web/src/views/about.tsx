import { GradeBadge, LevelBadge } from "../parts/badges";
import { ruleLevels } from "../wording/danger";
import { gradeMeaning, type Grade } from "../wording/grade";
import { knownUnknownCodes, unknownSentence, unknownTitle } from "../wording/unknown";

const grades: Grade[] = ["red", "unknown", "orange", "green"];

export function About() {
  return (
    <article class="prose">
      <h1 tabIndex={-1}>What the grades mean</h1>
      <p class="lead">
        The official forecast comes first. AspectAvy lays its danger level over the terrain of your line and reports
        where the two say no together. It does not know the snow, the party or the day.
      </p>
      <section aria-labelledby="grades-title">
        <h2 id="grades-title">Grades</h2>
        <dl class="meanings">
          {grades.map((grade) => (
            <div key={grade}>
              <dt>
                <GradeBadge grade={grade} />
              </dt>
              <dd>{gradeMeaning[grade]}</dd>
            </div>
          ))}
        </dl>
        <p>
          A stretch is measured without a break along the ground. With the default rules it is red from 40 m on and
          orange from 12 m on. When a part that decides the grade is unknown, the grade is unknown; red still wins.
        </p>
      </section>
      <section aria-labelledby="levels-title">
        <h2 id="levels-title">Levels</h2>
        <ul class="levels-plain">
          {ruleLevels.map((level) => (
            <li key={level}>
              <LevelBadge level={level} scale="neutral" />
            </li>
          ))}
        </ul>
        <p>
          “Moderate with a persistent slab” is official level 2 where the forecast names a persistent weak layer. The
          rules treat it like level 3. The official level is always shown beside it. Each level closes terrain from a
          certain slope on; the report of a route shows the figures of the rules in use.
        </p>
      </section>
      <section aria-labelledby="unknown-title">
        <h2 id="unknown-title">Why something is unknown</h2>
        <p>What is missing never counts in your favour. Every unknown carries a reason:</p>
        <dl class="meanings">
          {knownUnknownCodes.map((code) => (
            <div key={code}>
              <dt>
                {unknownTitle(code)} <code class="quiet">{code}</code>
              </dt>
              <dd>{unknownSentence(code)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section aria-labelledby="close-title">
        <h2 id="close-title">How close is the call?</h2>
        <p>
          Slopes come from an elevation model and may be off by about 4°. Aspects, band borders and the forecast itself
          have errors too. So each is changed a little, alone, and the report says what would make the grade worse:
          “Orange, 1.2° from red”.
        </p>
      </section>
    </article>
  );
}
