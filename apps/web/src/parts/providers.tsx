import type { ProviderState } from "../api/types";
import { duration } from "../wording/unit";

/** Whether the forecast feeds answer: an old feed must be seen. */
export function Providers({ providers, now }: { providers: ProviderState[]; now: number }) {
  if (providers.length === 0) return <p>No forecast feed is set up on this server.</p>;
  const ago = (at: string | null) =>
    at === null ? "never" : `${duration(Math.max(0, now - Date.parse(at)) / 1000)} ago`;
  return (
    <ul class="providers">
      {providers.map((provider) => (
        <li key={provider.id} class={provider.lastError === null ? "" : "provider-failing"}>
          <strong>{provider.id}</strong>: last good answer {ago(provider.lastGoodAt)}, last asked{" "}
          {ago(provider.lastAttemptAt)}
          {provider.driftCount > 0 && `, ${provider.driftCount} values not understood`}
          {provider.lastError !== null && <span class="provider-error">{provider.lastError}</span>}
        </li>
      ))}
    </ul>
  );
}
