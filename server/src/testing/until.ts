import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

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
  while (!(await condition())) {
    if (performance.now() > deadline) {
      const end = typeof told === 'string' ? ` for ${told}.` : `:\n${told()}`;
      throw new Error(`Waited ${withinMs / 1000} s in vain${end}`);
    }
    await delay(LOOK_EVERY_MS);
  }
}
