// A GPX or GeoJSON file becomes a route: picked, or dropped onto the field. Of somebody who is not signed in it is
// kept in this tab until they are.
import { useRef, useState } from "preact/hooks";
import { ApiError, newUuid, postText } from "../api/client";
import { forgetUpload, keepUpload, keptUpload, type Upload } from "../api/kept_upload";
import { signInPath } from "../api/session";
import type { Route } from "../api/types";
import { navigate } from "../router";
import { UploadIcon } from "./icons";
import { Failure } from "./status";

/** The media type by what the file contains; its name may say anything. */
export function mediaTypeOf(text: string): string | undefined {
  const start = text.replace(/^\uFEFF/, "").trimStart();
  if (start.startsWith("<")) return "application/gpx+xml";
  return start.startsWith("{") ? "application/geo+json" : undefined;
}

async function readUpload(file: File): Promise<Upload> {
  try {
    return { name: file.name, text: await file.text(), key: newUuid() };
  } catch {
    throw new ApiError(0, "unreadable_file", "The browser could not read this file.");
  }
}

function typeOf(upload: Upload): string {
  const type = mediaTypeOf(upload.text);
  if (type !== undefined) return type;
  throw new ApiError(
    0,
    "unknown_format",
    "This is neither GPX nor GeoJSON. Export the track from your app as GPX, or give a GeoJSON LineString.",
  );
}

async function send(upload: Upload): Promise<Route> {
  return postText<Route>("/api/routes", upload.text, typeOf(upload), upload.key);
}

/** Throws what a reader is told when the browser has no room. */
function keep(upload: Upload): void {
  typeOf(upload);
  if (keepUpload(upload)) return;
  throw new ApiError(0, "not_kept", "It is too large to be kept while you sign in. Sign in first, then choose it again.");
}

interface Props {
  /** Nobody is signed in. */
  isOut: boolean;
}

export function RouteUpload({ isOut }: Props) {
  const picker = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState<string>();
  const [failed, setFailed] = useState<{ name: string; error: ApiError; upload?: Upload }>();
  const [over, setOver] = useState(false);
  const [kept, setKept] = useState(keptUpload);

  const run = async (name: string, prepare: () => Promise<Upload>) => {
    setBusy(name);
    setFailed(undefined);
    let upload: Upload | undefined;
    try {
      upload = await prepare();
      if (isOut) {
        keep(upload);
        setKept(upload);
        return;
      }
      const route = await send(upload);
      forgetUpload();
      navigate(`/routes/${encodeURIComponent(route.id)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The session ended while the page was open.
      if (upload !== undefined && error.status === 401 && keepUpload(upload)) {
        setKept(upload);
        return;
      }
      setFailed(upload === undefined ? { name, error } : { name, error, upload });
    } finally {
      setBusy(undefined);
    }
  };

  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file !== undefined) void run(file.name, () => readUpload(file));
  };

  const again = failed?.upload;
  return (
    <div class="upload">
      <label
        class={`drop${over ? " drop-over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer?.files);
        }}
      >
        <UploadIcon />
        <span>
          <strong>Choose a GPX or GeoJSON file</strong>
          <span class="quiet drop-hint">or drop one here</span>
        </span>
        <input
          ref={picker}
          type="file"
          class="hidden"
          accept=".gpx,.geojson,.json,application/gpx+xml,application/geo+json"
          disabled={busy !== undefined}
          onChange={() => {
            take(picker.current?.files);
            if (picker.current !== null) picker.current.value = "";
          }}
        />
      </label>
      {kept !== undefined && busy === undefined && (
        <Kept
          upload={kept}
          isOut={isOut}
          onSend={() => void run(kept.name, async () => kept)}
          onForget={() => {
            forgetUpload();
            setKept(undefined);
          }}
        />
      )}
      <p role="status" class="upload-status">
        {busy !== undefined && `Sending ${busy} …`}
      </p>
      {failed !== undefined && (
        <Failure
          title={`${failed.name} was not added`}
          error={failed.error}
          {...(again !== undefined && failed.error.status === 0
            ? { retry: () => void run(again.name, async () => again) }
            : {})}
        />
      )}
    </div>
  );
}

interface KeptProps {
  upload: Upload;
  isOut: boolean;
  onSend: () => void;
  onForget: () => void;
}

function Kept({ upload, isOut, onSend, onForget }: KeptProps) {
  return (
    <div class="kept" role="status">
      <p>
        <strong>{upload.name}</strong>{" "}
        {isOut
          ? "waits in this tab and was sent nowhere. Sign in to add it."
          : "has waited in this tab while you signed in."}
      </p>
      <p class="links">
        {isOut ? (
          <a class="button button-main" href={signInPath()}>
            Sign in to add it
          </a>
        ) : (
          <button type="button" class="button-main" onClick={onSend}>
            Add {upload.name}
          </button>
        )}
        <button type="button" onClick={onForget}>
          Forget it
        </button>
      </p>
    </div>
  );
}
