// The header's corner: who is signed in, or the way to it.
import { useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { signInPath, signOut, useSession } from "../api/session";
import { PersonIcon } from "./icons";

/** `path`: of the page that is shown; signing in leads back to it. */
export function Account({ path }: { path: string }) {
  const session = useSession();
  if (session.state === "in") return <SignedIn name={session.person.displayName || session.person.email} />;
  if (session.state === "asking") return <div class="account" />;
  return (
    <div class="account">
      <a class="account-link" href={signInPath(path)}>
        Sign in
      </a>
    </div>
  );
}

function SignedIn({ name }: { name: string }) {
  const [failed, setFailed] = useState(false);
  const leave = async () => {
    setFailed(false);
    try {
      await signOut();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setFailed(true);
    }
  };
  return (
    <div class="account">
      <a class="account-link" href="/auth/account">
        <PersonIcon />
        <span class="hidden">Account of </span>
        <span class="account-name">{name}</span>
      </a>
      <button type="button" class="account-leave" onClick={() => void leave()}>
        Sign out
      </button>
      <span role="status" class="hidden">
        {failed && "Signing out failed. Try again."}
      </span>
    </div>
  );
}
