import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Assessment, AssessmentAnswer } from "../api/assessment";
import { useSession } from "../api/session";
import type { Profile, Route } from "../api/types";
import { useNow, useRefresh, useResource, type Resource } from "../api/use_resource";
import { climb, gradeRuns } from "../model/profile";
import { Time } from "../parts/age";
import { ChangesSinceLast } from "../parts/changes";
import { ForecastCard } from "../parts/forecast_card";
import { FragilityList } from "../parts/fragility";
import { GradeBanner } from "../parts/grade_banner";
import { ArrowIcon, PrintIcon } from "../parts/icons";
import { LevelStrip } from "../parts/level_strip";
import { OverrideNote } from "../parts/override_note";
import { PlanSketch } from "../parts/plan_sketch";
import { ProfileChart, SlopeLegend } from "../parts/profile_chart";
import { ProfileTable } from "../parts/profile_table";
import { Reading } from "../parts/reading";
import { Receipt } from "../parts/receipt";
import { SignInPanel } from "../parts/sign_in_panel";
import { Failure, Pending } from "../parts/status";
import { StretchList } from "../parts/stretch_list";
import { WhatIf } from "../parts/what_if";
import { sharedScale, type Scale } from "../wording/danger";
import { gradeOf } from "../wording/grade";
import { civilDay, distance, elevation } from "../wording/unit";

export function RouteReport({ id }: { id: string }) {
  const base = `/api/routes/${encodeURIComponent(id)}`;
  const session = useSession();
  // A report that is open stays open when the session ends: it may be read in the field.
  const isShown = useRef(false);
  const isOut = session.state === "out" && !isShown.current;
  const asks = !isOut && session.state !== "asking";
  const route = useResource<Route>(asks ? base : undefined);
  const answer = useResource<AssessmentAnswer>(asks ? `${base}/assessment` : undefined);
  const profile = useResource<Profile>(asks ? `${base}/profile` : undefined);
  isShown.current ||= route.data !== undefined;
  const now = useNow();
  const [cursorM, setCursorM] = useState(0);

  const validUntil = answer.data?.assessment.validUntil ?? null;
  const ended = validUntil !== null && Date.parse(validUntil) <= now;
  const reloadAnswer = answer.reload;
  const reloadProfile = profile.reload;
  useRefresh(reloadAnswer, reloadProfile);
  useEffect(() => {
    if (!ended) return;
    reloadAnswer();
    reloadProfile();
  }, [ended, now, reloadAnswer, reloadProfile]);

  useEffect(() => {
    if (route.data !== undefined) document.title = `${route.data.name} · AspectAvy`;
  }, [route.data]);

  const show = useCallback((metres: number) => {
    setCursorM(metres);
    document.getElementById("profile")?.scrollIntoView({ block: "start" });
  }, []);

  const scale = sharedScale((answer.data?.assessment.zones ?? []).map((zone) => zone.scale));
  return (
    <div class="report">
      <Title route={route.data} assessment={answer.data?.assessment} profile={profile.data} />
      {isOut ? (
        <SignInPanel title="Sign in to see this route" heading="h2">
          A route is shown to whoever saved it.
        </SignInPanel>
      ) : (
        <Pending of={route} what="the route" />
      )}
      {route.data !== undefined && <Pending of={answer} what="the grade" />}
      {answer.data !== undefined && answer.error !== undefined && (
        <Failure title="A newer answer could not be loaded" error={answer.error} retry={answer.reload} />
      )}
      {route.data !== undefined && answer.data !== undefined && (
        <div class="report-grid">
          <Answer answer={answer.data} scale={scale} ended={ended} now={now} />
          {!ended && (
            <Terrain route={route.data} profile={profile} scale={scale} cursorM={cursorM} onCursor={setCursorM} />
          )}
          {!ended && (
            <section class="area-stretches" aria-labelledby="stretches-title">
              <h2 id="stretches-title">Where and why</h2>
              <StretchList assessment={answer.data.assessment} scale={scale} onShow={show} />
            </section>
          )}
          <More answer={answer.data} scale={scale} ended={ended} />
        </div>
      )}
    </div>
  );
}

/** The heading stays the same element while the route loads: it holds the focus. */
function Title({
  route,
  assessment,
  profile,
}: {
  route: Route | undefined;
  assessment: Assessment | undefined;
  profile: Profile | undefined;
}) {
  const heights = profile === undefined ? undefined : climb(profile);
  return (
    <header class="report-title">
      <h1 tabIndex={-1}>{route?.name ?? "Route report"}</h1>
      <p>
        {route !== undefined && distance(route.lengthM)}
        {heights !== undefined && ` · ${elevation(heights.upM)} up, ${elevation(heights.downM)} down`}
        {assessment !== undefined && (
          <>
            {" "}
            · for {civilDay(assessment.day)} · graded <Time at={assessment.at} />
          </>
        )}
      </p>
      <button type="button" class="print-button" onClick={() => print()}>
        <PrintIcon /> <span class="print-word">Print</span>
      </button>
    </header>
  );
}

interface AnswerProps {
  answer: AssessmentAnswer;
  scale: Scale;
  ended: boolean;
}

function Answer({ answer, scale, ended, now }: AnswerProps & { now: number }) {
  const { assessment, changes, override } = answer;
  return (
    <>
      <div class="area-grade">
        {override !== undefined && !ended && <OverrideNote answer={answer} override={override} scale={scale} />}
        <GradeBanner assessment={assessment} scale={scale} ended={ended} />
        {changes !== null && !ended && <ChangesSinceLast changes={changes} />}
      </div>
      <section class="area-forecast" aria-labelledby="forecast-title">
        <h2 id="forecast-title">Official forecast</h2>
        {assessment.zones.length === 0 && <p>No forecast zone covers this route.</p>}
        {assessment.zones.map((zone, i) => (
          <ForecastCard key={zone.zoneKey + zone.forecastId} assessment={assessment} zone={zone} index={i} now={now} />
        ))}
      </section>
    </>
  );
}

function More({ answer, scale, ended }: AnswerProps) {
  const { assessment, override } = answer;
  const official = override?.official.assessment ?? assessment;
  return (
    <>
      {!ended && (
        <div class="area-close">
          <section class="card" aria-labelledby="close-title">
            <h2 id="close-title">How close is the call?</h2>
            <FragilityList assessment={assessment} />
          </section>
          <section class="card" aria-labelledby="levels-title">
            <h2 id="levels-title">At every level</h2>
            <p class="quiet">The grade if the whole route were at one level. Terrain only.</p>
            <LevelStrip assessment={assessment} scale={scale} />
          </section>
        </div>
      )}
      <section class="card card-what-if area-what-if" aria-labelledby="what-if-title">
        <h2 id="what-if-title">What if?</h2>
        <p class="quiet">Not the official forecast: a danger that you choose.</p>
        <WhatIf
          routeId={answer.routeId}
          scale={scale}
          official={ended ? "unknown" : gradeOf(official.inForce.grade)}
        />
      </section>
      <Receipt answer={answer} />
    </>
  );
}

interface TerrainProps {
  route: Route;
  profile: Resource<Profile>;
  scale: Scale;
  cursorM: number;
  onCursor: (metres: number) => void;
}

function Terrain({ route, profile, scale, cursorM, onCursor }: TerrainProps) {
  const data = profile.data;
  if (data === undefined) return <Pending of={profile} what="the profile" />;
  return (
    <>
      <section id="profile" class="card area-profile" aria-labelledby="profile-title">
        <h2 id="profile-title">Profile</h2>
        <Reading profile={data} metres={cursorM} scale={scale} />
        <ProfileChart profile={data} cursorM={cursorM} onCursor={onCursor} />
        <p id="chart-help" class="quiet chart-help">
          Drag, or use the arrow keys; Page Up and Page Down take bigger steps. The band below the line shows the
          grade of each stretch.
        </p>
        <StretchSteps profile={data} cursorM={cursorM} onCursor={onCursor} />
        <SlopeLegend />
        <ProfileTable profile={data} scale={scale} />
      </section>
      <section class="card area-plan" aria-labelledby="plan-title">
        <h2 id="plan-title">From above</h2>
        <PlanSketch route={route} profile={data} cursorM={cursorM} />
      </section>
    </>
  );
}

/** Big buttons that jump from one marked stretch to the next: for gloves. */
function StretchSteps({ profile, cursorM, onCursor }: { profile: Profile; cursorM: number; onCursor: (m: number) => void }) {
  const middles = gradeRuns(profile)
    .filter((run) => run.value !== "green")
    .map((run) => (run.fromM + run.toM) / 2);
  if (middles.length === 0) return null;
  const before = middles.filter((m) => m < cursorM - 0.5).pop();
  const after = middles.find((m) => m > cursorM + 0.5);
  return (
    <p class="steps">
      <button type="button" disabled={before === undefined} onClick={() => before !== undefined && onCursor(before)}>
        <ArrowIcon to="left" /> Previous stretch
      </button>
      <button type="button" disabled={after === undefined} onClick={() => after !== undefined && onCursor(after)}>
        Next stretch <ArrowIcon to="right" />
      </button>
    </p>
  );
}
