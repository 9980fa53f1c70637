import { setTimeout as delay } from 'node:timers/promises';

/** Looks cost time on the machine that does what is waited for, so they become rarer. */
const FIRST_LOOK_MS = 5;
const LONGEST_PAUSE_MS = 100;
const PAUSE_GROWS_BY = 1.4;

/**
 * Looks until the condition holds.
 * @param told what is waited for, or a function that tells what has happened instead
 * @throws Error with that, once the time is over
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  told: string | (() => string),
  withinMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  let pause = FIRST_LOOK_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      const end = typeof told === 'string' ? ` for ${told}.` : `:\n${told()}`;
      throw new Error(`Waited ${withinMs / 1000} s in vain${end}`);
    }
    await delay(pause);
    pause = Math.min(pause * PAUSE_GROWS_BY, LONGEST_PAUSE_MS);
  }
}
