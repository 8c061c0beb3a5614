// Loading and failure, said aloud as well as shown.
import type { ApiError } from "../api/client";
import { signInPath } from "../api/session";
import type { Resource } from "../api/use_resource";
import { AlertIcon } from "./icons";

export function Loading({ what }: { what: string }) {
  return (
    <p class="loading" role="status">
      <span class="loading-bar" aria-hidden="true" />
      Loading {what} …
    </p>
  );
}

interface FailureProps {
  title: string;
  error: ApiError;
  retry?: () => void;
}

/** What went wrong, every fault that the api found, and a way on. */
export function Failure({ title, error, retry }: FailureProps) {
  return (
    <div class="failure" role="alert">
      <p class="failure-title">
        <AlertIcon /> {title}
      </p>
      <p>{error.message}</p>
      {error.faults.length > 0 && (
        <ul>
          {error.faults.map((fault) => (
            <li key={`${fault.path} ${fault.code}`}>
              {fault.path !== "" && <code>{fault.path}</code>} {fault.message}
            </li>
          ))}
        </ul>
      )}
      {error.requestId !== undefined && <p class="quiet">Request {error.requestId}</p>}
      {error.status === 401 ? (
        <a class="button" href={signInPath()}>
          Sign in
        </a>
      ) : (
        retry !== undefined && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )
      )}
    </div>
  );
}

/** Loading or failure of a resource that has no data yet; nothing once it has. */
export function Pending<T>({ of, what }: { of: Resource<T>; what: string }) {
  if (of.data !== undefined) return null;
  if (of.error !== undefined) {
    return <Failure title={`Could not load ${what}`} error={of.error} retry={of.reload} />;
  }
  return <Loading what={what} />;
}
