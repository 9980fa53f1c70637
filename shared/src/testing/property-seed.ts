/**
 * Runs before every test file. Property tests get the same inputs at each run, so that a commit that passes keeps passing;
 * `CONVSCOPE_SEED`, a whole number, tries others.
 */
import fc from 'fast-check';

const { CONVSCOPE_SEED: given = '1' } = process.env;
const seed = Number(given);
if (!Number.isSafeInteger(seed)) throw new Error(`CONVSCOPE_SEED must be a whole number, not ${given}.`);
fc.configureGlobal({ seed });
