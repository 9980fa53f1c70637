/**
 * Preloaded into the processes of `convscope train` (`node --import`) by tests that are not about training. The training
 * process is the real one, with its signals, its writer and its spool, but takes its steps from stand-in-steps.mjs: no
 * tfjs is loaded and nothing is computed. It runs the files that the bundle is made of, in which modules can be replaced.
 */
import { register } from 'node:module';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

const REPLACED = ['/trainer/train.js', '/trainer/prepare-run.js'];
const hooks = `
const steps = ${JSON.stringify(new URL('./stand-in-steps.mjs', import.meta.url).href)};
export const resolve = (name, context, next) =>
  ${JSON.stringify(REPLACED)}.some((file) => name.endsWith(file))
    ? { url: steps, shortCircuit: true }
    : next(name.replace('/dist/bundle/trainer-process.js', '/dist/cli/trainer-process.js'), context);
`;

if (isMainThread && /[\\/]trainer-process\.js$/.test(process.argv[1] ?? ''))
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
