// A GPX or GeoJSON file becomes a route: picked, or dropped onto the field.
import { useRef, useState } from "preact/hooks";
import { ApiError, newUuid, postText } from "../api/client";
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

interface Upload {
  name: string;
  text: string;
  /** Stays the same when a failed upload is tried again, so that no retry makes a second route. */
  key: string;
}

async function readUpload(file: File): Promise<Upload> {
  try {
    return { name: file.name, text: await file.text(), key: newUuid() };
  } catch {
    throw new ApiError(0, "unreadable_file", "The browser could not read this file.");
  }
}

async function send(upload: Upload): Promise<Route> {
  const type = mediaTypeOf(upload.text);
  if (type === undefined) {
    throw new ApiError(
      0,
      "unknown_format",
      "This is neither GPX nor GeoJSON. Export the track from your app as GPX, or give a GeoJSON LineString.",
    );
  }
  return postText<Route>("/api/routes", upload.text, type, upload.key);
}

export function RouteUpload() {
  const picker = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState<string>();
  const [failed, setFailed] = useState<{ name: string; error: ApiError; upload?: Upload }>();
  const [over, setOver] = useState(false);

  const run = async (name: string, prepare: () => Promise<Upload>) => {
    setBusy(name);
    setFailed(undefined);
    let upload: Upload | undefined;
    try {
      upload = await prepare();
      const route = await send(upload);
      navigate(`/routes/${encodeURIComponent(route.id)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
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
