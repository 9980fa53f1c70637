/* `npm test`: sets up what is missing, then everything: build, types, lint, unit, integration and browser tests.
   --no-browser-tests leaves the browser out; other arguments go to vitest. Old syntax on purpose: see setup.cjs. */
'use strict';

var setup = require('./setup.cjs');

var args = process.argv.slice(2);
var withoutBrowser = args.indexOf('--no-browser-tests') >= 0;
var rest = args.filter((arg) => arg !== '--no-browser-tests');

setup.requireNode();
setup.install();
setup.build();
process.stdout.write('Checking types…\n');
setup.runStep('npx', ['--no-install', 'tsc', '-b']);
process.stdout.write('Checking style…\n');
setup.runStep('npx', ['--no-install', 'biome', 'check', '.']);
process.stdout.write('Running tests…\n');
setup.runStep(
  'npx',
  ['--no-install', 'vitest', 'run'].concat(withoutBrowser ? ['--project', '!browser'] : [], rest)
);
