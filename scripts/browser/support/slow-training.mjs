/**
 * Preloaded into the processes of `convscope train` (`node --import`) by tests that look at a net while it trains: it trains as
 * always, with a pause in every step. Otherwise the training process takes a core from the browser for as long as a test lasts.
 */
import { register } from 'node:module';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

const hooks = `
const steps = ${JSON.stringify(new URL('./slow-steps.mjs', import.meta.url).href)};
export const resolve = (name, context, next) =>
  name === './training-step.js' && context.parentURL.endsWith('/trainer/training-loop.js')
    ? { url: steps, shortCircuit: true }
    : next(name, context);
`;

if (isMainThread && /[\\/]trainer-process\.js$/.test(process.argv[1] ?? ''))
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
