/**
 * Runs before every test file. Property tests get the same inputs at each run, so that a commit that passes keeps passing;
 * `CONVSCOPE_SEED`, a whole number, tries others. `vi.waitFor` waits longer than its usual second, which a busy machine
 * takes to start a process.
 */
import fc from 'fast-check';
import { vi } from 'vitest';

const { CONVSCOPE_SEED: given = '1' } = process.env;
const seed = Number(given);
if (!Number.isSafeInteger(seed)) throw new Error(`CONVSCOPE_SEED must be a whole number, not ${given}.`);
fc.configureGlobal({ seed });

const WAIT_MS = 15_000;
const { waitFor } = vi;
// The files that a worker runs share its `vi`.
if (waitFor.name !== 'waitPatiently') {
  vi.waitFor = function waitPatiently(condition, options) {
    return waitFor(condition, typeof options === 'number' ? options : { timeout: WAIT_MS, ...options });
  };
}
