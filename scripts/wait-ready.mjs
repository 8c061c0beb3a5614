// Waits until a URL answers 200: wait-ready.mjs <url> <seconds> [pid...]. Exits 1 after the time, or at once
// when one of the processes has ended. Prints the newest reason, which ./run shows as progress.
// @ts-check
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const [url, seconds, ...pids] = process.argv.slice(2);
const end = Date.now() + Number(seconds) * 1000;

/** @param {string} pid */
function hasEnded(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
}

/** @returns {Promise<string>} empty when ready, else the reason */
async function reason() {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    const body = await answer.text();
    return answer.status === 200 ? '' : `${answer.status} ${body.slice(0, 300)}`;
  } catch (error) {
    return error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error);
  }
}

for (;;) {
  const why = await reason();
  if (why === '') process.exit(0);
  console.log(why);
  if (pids.some(hasEnded) || Date.now() > end) process.exit(1);
  await pause(50);
}
