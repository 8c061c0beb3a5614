// What the grade rests on, so that anybody can recompute it.
import { useRef, useState } from "preact/hooks";
import type { AssessmentAnswer } from "../api/assessment";
import { CopyIcon } from "./icons";

export function Receipt({ answer }: { answer: AssessmentAnswer }) {
  const text = useRef<HTMLPreElement>(null);
  const [said, setSaid] = useState("");
  const json = JSON.stringify(answer.receipt, null, 2);
  const { ruleset, zones } = answer.assessment;

  const copy = async () => {
    // The clipboard exists only on secure origins; a self-hosted address may be plain http.
    if (navigator.clipboard !== undefined) {
      try {
        await navigator.clipboard.writeText(json);
        setSaid("Copied.");
        return;
      } catch {
        setSaid("The browser did not allow copying.");
      }
    }
    if (text.current !== null) {
      getSelection()?.selectAllChildren(text.current);
      setSaid("The receipt is selected: copy it with your keyboard.");
    }
  };

  return (
    <details class="receipt area-receipt">
      <summary>Receipt: forecast, terrain and rules behind this grade</summary>
      <dl class="facts">
        <div>
          <dt>Receipt</dt>
          <dd>
            <code>{answer.receiptId}</code>
          </dd>
        </div>
        <div>
          <dt>Rules</dt>
          <dd>
            {ruleset.id}, version {ruleset.version}. {ruleset.label}.
          </dd>
        </div>
        {zones.map((zone) => (
          <div key={`${zone.zoneKey} ${zone.forecastId}`}>
            <dt>Forecast for {zone.zoneName || zone.zoneKey}</dt>
            <dd>
              <code>{zone.forecastId || "none"}</code>
            </dd>
          </div>
        ))}
      </dl>
      <p>
        <button type="button" onClick={() => void copy()}>
          <CopyIcon /> Copy the receipt
        </button>{" "}
        <span role="status">{said}</span>
      </p>
      <pre ref={text} tabIndex={0} role="region" aria-label="Receipt as JSON">
        {json}
      </pre>
    </details>
  );
}
