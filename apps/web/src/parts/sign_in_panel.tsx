// What stands where something needs a person: calm, with the way on.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { openDemo, signInPath, useSession } from "../api/session";
import { PersonIcon } from "./icons";
import { Failure } from "./status";

interface Props {
  title: string;
  /** Its place in the page's order of headings. */
  heading?: "h2" | "h3";
  children: ComponentChildren;
}

export function SignInPanel({ title, heading: Heading = "h3", children }: Props) {
  const session = useSession();
  const hasEnded = session.state === "out" && session.hasEnded;
  const offersDemo = session.state === "out" && session.offersDemo;
  return (
    <div class="sign-in-panel card">
      <PersonIcon />
      <div>
        <Heading>{hasEnded ? "Your session has ended" : title}</Heading>
        <p>{hasEnded ? "Sign in again and you are back where you were." : children}</p>
        <p class="links">
          <a class="button button-main" href={signInPath()}>
            Sign in
          </a>
          {!hasEnded && (
            <a class="button" href={signInPath().replace("/sign-in", "/register")}>
              Make an account
            </a>
          )}
        </p>
        {offersDemo && !hasEnded && <OpenDemo />}
      </div>
    </div>
  );
}

function OpenDemo() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const open = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await openDemo();
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <div class="open-demo">
      <p>Or look around first: three routes in a made-up massif.</p>
      <button type="button" disabled={busy} onClick={() => void open()}>
        Open the demo
      </button>
      {error !== undefined && <Failure title="The demo did not open" error={error} />}
    </div>
  );
}
