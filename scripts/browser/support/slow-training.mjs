/**
 * Preloaded into the processes of `convscope train` (`node --import`) by tests that look at a net while it trains: it trains as
 * always, with a pause wherever it lets other work run, as after every step. Otherwise the training process takes a core from
 * the browser for as long as a test lasts.
 */
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

const PAUSE_MS = Number(process.env['SLOW_TRAINING_PAUSE_MS'] ?? 50);

if (isMainThread && /[\\/]trainer-process\.js$/.test(process.argv[1] ?? ''))
  globalThis.setImmediate = (work, ...given) => setTimeout(work, PAUSE_MS, ...given);
