import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, remove } from "../api/client";
import type { RouteSummary } from "../api/types";
import { gradeOf } from "../wording/grade";
import { distance } from "../wording/unit";
import { Time } from "./age";
import { GradeBadge } from "./badges";
import { ArrowIcon, TrashIcon } from "./icons";
import { Failure } from "./status";

interface Props {
  routes: RouteSummary[];
  onChanged: () => void;
}

export function RouteList({ routes, onChanged }: Props) {
  const [leaving, setLeaving] = useState<RouteSummary>();
  if (routes.length === 0) {
    return <p class="empty">No routes yet. Add a GPX or GeoJSON file below.</p>;
  }
  return (
    <>
      <ul class="routes">
        {routes.map((route) => (
          <li key={route.id}>
            <a class="route-link" href={`/routes/${encodeURIComponent(route.id)}`}>
              <RouteGrade route={route} />
              <span class="route-words">
                <strong>{route.name}</strong>
                <span class="quiet">
                  {distance(route.lengthM)}
                  {route.compile.computedAt !== undefined && (
                    <>
                      , graded <Time at={route.compile.computedAt} />
                    </>
                  )}
                </span>
              </span>
              <ArrowIcon to="right" />
            </a>
            <button type="button" class="icon-button" onClick={() => setLeaving(route)}>
              <TrashIcon />
              <span class="hidden">Delete {route.name}</span>
            </button>
          </li>
        ))}
      </ul>
      {leaving !== undefined && (
        <DeleteDialog
          route={leaving}
          onClose={(deleted) => {
            setLeaving(undefined);
            if (deleted) onChanged();
          }}
        />
      )}
    </>
  );
}

/** What stands where no grade holds; a status that is not known yet is shown as it is. */
const waitingWord: Record<string, string> = {
  queued: "Grading …",
  outdated: "Grading anew …",
  failed: "Could not be graded",
};

function RouteGrade({ route }: { route: RouteSummary }) {
  const { grade, officialGrade, status } = route.compile;
  if (grade !== undefined && officialGrade !== undefined) {
    return (
      <span class="override-pair">
        <span>
          Official <GradeBadge grade={gradeOf(officialGrade)} small />
        </span>
        <span>
          Your override <GradeBadge grade={gradeOf(grade)} small />
        </span>
      </span>
    );
  }
  if (grade !== undefined) return <GradeBadge grade={gradeOf(grade)} />;
  return <span class="grade grade-waiting">{waitingWord[status] ?? status}</span>;
}

interface DialogProps {
  route: RouteSummary;
  onClose: (deleted: boolean) => void;
}

function DeleteDialog({ route, onClose }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async () => {
    setBusy(true);
    try {
      await remove(`/api/routes/${encodeURIComponent(route.id)}`);
      onClose(true);
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <dialog ref={dialog} aria-labelledby="delete-title" onClose={() => onClose(false)}>
      <h2 id="delete-title">Delete “{route.name}”?</h2>
      <p>The line and its grades are removed for good.</p>
      {error !== undefined && <Failure title="Not deleted" error={error} />}
      <p class="dialog-actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button type="button" class="button-danger" disabled={busy} onClick={() => void confirm()}>
          <TrashIcon /> Delete
        </button>
      </p>
    </dialog>
  );
}
