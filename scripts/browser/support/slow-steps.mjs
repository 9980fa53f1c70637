/** In place of `trainer/training-step.js`: the same steps, with a pause in each. See slow-training.mjs. */
import { setTimeout as delay } from 'node:timers/promises';
import { computeGradients as compute } from '#server/trainer/training-step.js';

export { findNonFinite } from '#server/trainer/training-step.js';

const PAUSE_MS = 50;

export async function computeGradients(...args) {
  const computed = await compute(...args);
  await delay(PAUSE_MS);
  return computed;
}
