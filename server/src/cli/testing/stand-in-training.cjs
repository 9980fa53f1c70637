/**
 * Preloaded into the processes of `convscope train` (`node --require`) by tests that are not about training. The training
 * process is the real one, with its signals, its writer and its spool, but takes its steps from stand-in-steps.mjs: no
 * tfjs is loaded and nothing is computed. In the bundle the two functions are set anew at the end of the program's text;
 * where nothing is bundled, modules are replaced, which takes three times as long to start.
 */
const fs = require('node:fs');
const { register } = require('node:module');
const { join } = require('node:path');
const process = require('node:process');
const { pathToFileURL } = require('node:url');
const { isMainThread } = require('node:worker_threads');

const STEPS = pathToFileURL(join(__dirname, 'stand-in-steps.mjs')).href;
const REPLACED = ['train', 'prepareRun'];

function replaceFunctions() {
  const steps = import(STEPS);
  const { readFileSync } = fs;
  globalThis.standIn =
    (name) =>
    async (...args) =>
      (await steps)[name](...args);
  fs.readFileSync = (path, ...args) => {
    const text = readFileSync(path, ...args);
    if (!/[\\/]trainer-process\.program\.js$/.test(path)) return text;
    for (const name of REPLACED)
      if (!text.includes(`\nasync function ${name}(`)) throw new Error(`There is no ${name} in ${path}.`);
    return `${text}\n${REPLACED.map((name) => `${name} = standIn('${name}');`).join('\n')}\n`;
  };
  // Else the code that V8 compiled of either text would replace that of the other.
  process.env.NODE_COMPILE_CACHE &&= join(process.env.NODE_COMPILE_CACHE, 'stand-in');
}

function replaceModules() {
  const hooks = `
const replaced = ${JSON.stringify(['/trainer/train.js', '/trainer/prepare-run.js'])};
export const resolve = (name, context, next) =>
  replaced.some((file) => name.endsWith(file))
    ? { url: ${JSON.stringify(STEPS)}, shortCircuit: true }
    : next(name, context);
`;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`);
}

const [, program = ''] = process.argv;
if (isMainThread && /[\\/]bundle[\\/]trainer-process\.js$/.test(program)) replaceFunctions();
else if (isMainThread && /[\\/]trainer-process\.js$/.test(program)) replaceModules();
