#!/usr/bin/env node
// A CommonJS module, since loading the first ES module starts Node's threads for files, with whatever number is set then.
// A call to a disk that does not answer keeps one of them, and there are 4 by default.
process.env.UV_THREADPOOL_SIZE ??= '16';

const { statSync } = require('node:fs');
const { join } = require('node:path');

const SERVER = join(__dirname, '..');

/** When a file was written, in ms; −1 if it is not there. */
const writtenAt = (...path) => statSync(join(SERVER, ...path), { throwIfNoEntry: false })?.mtimeMs ?? -1;

/** Whether the bundle was made after the compiler ran last, which may run alone: it holds the same code then. */
const isBundled =
  writtenAt('dist', 'bundle', 'cli.js') >
  Math.max(writtenAt('tsconfig.tsbuildinfo'), writtenAt('..', 'shared', 'tsconfig.tsbuildinfo'));

// Before the first module is loaded whose stack traces may be printed.
if (process.env.CONVSCOPE_DEBUG) process.setSourceMapsEnabled(true);

if (isBundled) require('../dist/bundle/cli.js').run(process.argv);
else import('../dist/cli/cli.js').then(({ run }) => run(process.argv));
