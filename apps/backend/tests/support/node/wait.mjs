// Waiting for a condition, never for a time.
// @ts-check
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls until `condition` returns something truthy, and returns that. What it throws counts as "not yet", and is
 * the cause of the error when the time is over.
 * @template T
 * @param {string} what for the error message
 * @param {() => T | Promise<T>} condition
 * @param {{ timeoutMs?: number, everyMs?: number }} [options]
 * @returns {Promise<NonNullable<T>>}
 */
export async function waitFor(what, condition, { timeoutMs = 20_000, everyMs = 25 } = {}) {
  const end = Date.now() + timeoutMs;
  /** @type {unknown} */
  let cause;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`, { cause });
    await pause(everyMs);
  }
}
