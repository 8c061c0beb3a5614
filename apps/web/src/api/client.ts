import type { FieldFault, ProblemBody } from "./types";

/** A request that failed, with what the api said about it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly faults: FieldFault[];
  readonly requestId: string | undefined;

  constructor(status: number, code: string, message: string, faults: FieldFault[] = [], requestId?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.faults = faults;
    this.requestId = requestId;
  }
}

let tellUnauthenticated: (code: string) => void = () => {};

/** Called with the code whenever the api answers that nobody, or nobody any more, is signed in. */
export function onUnauthenticated(listener: (code: string) => void): void {
  tellUnauthenticated = listener;
}

// Ages are told by the server's clock: a phone's own may be wrong, and a rating must end on time.
let serverAheadMs = 0;

export function serverNow(): number {
  return Date.now() + serverAheadMs;
}

function noteServerTime(response: Response): void {
  const date = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(date)) return;
  const ahead = date - Date.now();
  // The header has whole seconds: small differences are noise.
  serverAheadMs = Math.abs(ahead) > 2000 ? ahead : 0;
}

async function errorOf(response: Response): Promise<ApiError> {
  let body: Partial<ProblemBody> = {};
  if ((response.headers.get("content-type") ?? "").includes("json")) {
    try {
      body = (await response.json()) as Partial<ProblemBody>;
    } catch {
      body = {};
    }
  }
  const text = body.detail ?? body.title ?? `The server answered ${response.status}.`;
  return new ApiError(response.status, body.code ?? "unreadable", text, body.errors ?? [], body.requestId);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-cache", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "The server cannot be reached. Check your connection and try again.");
  }
  noteServerTime(response);
  if (!response.ok) {
    const error = await errorOf(response);
    if (error.status === 401) tellUnauthenticated(error.code);
    throw error;
  }
  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { headers: { Accept: "application/json" } };
  if (signal !== undefined) init.signal = signal;
  return (await (await send(path, init)).json()) as T;
}

export async function postText<T>(
  path: string,
  body: string,
  mediaType: string,
  idempotencyKey?: string,
): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", "Content-Type": mediaType };
  if (idempotencyKey !== undefined) headers["Idempotency-Key"] = idempotencyKey;
  return (await (await send(path, { method: "POST", headers, body })).json()) as T;
}

export function postJson<T>(path: string, body: unknown): Promise<T> {
  return postText<T>(path, JSON.stringify(body), "application/json");
}

/** A POST without a body, whose answer has none either. */
export async function postNothing(path: string): Promise<void> {
  await send(path, { method: "POST" });
}

export async function putJson<T>(path: string, body: unknown): Promise<T> {
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  return (await (await send(path, { method: "PUT", headers, body: JSON.stringify(body) })).json()) as T;
}

export async function remove(path: string): Promise<void> {
  await send(path, { method: "DELETE" });
}

/** A random UUID. `crypto.randomUUID` exists only on secure origins; a self-hosted address may be plain http. */
export function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
