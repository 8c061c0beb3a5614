// Who is signed in. One answer for the whole page, asked for when it opens and whenever it comes back into view.
import { useEffect, useState } from "preact/hooks";
import { ApiError, getJson, onUnauthenticated, postJson, postNothing } from "./client";

export interface Person {
  id: string;
  email: string;
  emailVerified: boolean;
  displayName: string;
}

interface Whoami {
  user: Person | null;
  ended: string | null;
  offersDemo: boolean;
}

export type Session =
  | { state: "asking" }
  /** The api could not say; what needs a person is tried all the same, and answers for itself. */
  | { state: "unreachable" }
  | { state: "in"; person: Person }
  | { state: "out"; hasEnded: boolean; offersDemo: boolean };

let current: Session = { state: "asking" };
const listeners = new Set<(session: Session) => void>();

function tell(session: Session): void {
  current = session;
  for (const listener of listeners) listener(session);
}

function sessionOf({ user, ended, offersDemo }: Whoami): Session {
  if (user !== null) return { state: "in", person: user };
  // Told once that the session has ended, a reader is not told otherwise by the next answer, whose cookie is gone.
  const hadEnded = current.state === "out" && current.hasEnded;
  return { state: "out", hasEnded: ended !== null || hadEnded, offersDemo };
}

export async function askSession(): Promise<void> {
  try {
    tell(sessionOf(await getJson<Whoami>("/api/auth/whoami")));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Without an answer nothing that is known becomes untrue.
    if (current.state === "asking") tell({ state: "unreachable" });
  }
}

onUnauthenticated((code) => {
  if (current.state === "out") return;
  tell({ state: "out", hasEnded: code !== "unauthenticated", offersDemo: false });
  void askSession();
});

export function useSession(): Session {
  const [session, setSession] = useState(current);
  useEffect(() => {
    setSession(current);
    listeners.add(setSession);
    return () => {
      listeners.delete(setSession);
    };
  }, []);
  return session;
}

/** Where the sign-in page leads back to. */
export function signInPath(path = location.pathname): string {
  return path === "/" ? "/auth/sign-in" : `/auth/sign-in?next=${path}`;
}

export async function openDemo(): Promise<void> {
  await postJson("/api/auth/demo", { client: "web" });
  await askSession();
}

/** Ends the session and forgets all that the page has loaded. */
export async function signOut(): Promise<void> {
  await postNothing("/api/auth/sign-out");
  location.assign("/");
}
