/* `npm test`: sets up what is missing, then everything: build, types, lint, unit, integration and browser tests.
   --no-browser-tests leaves the browser out; other arguments go to vitest. ECMAScript 5 on purpose: see setup.cjs. */
'use strict';

var setup = require('./setup.cjs');

var WITHOUT_BROWSER = '--no-browser-tests';
var args = process.argv.slice(2);
var rest = args.filter(function (arg) {
  return arg !== WITHOUT_BROWSER;
});
var projects = args.indexOf(WITHOUT_BROWSER) >= 0 ? ['--project', '!browser'] : [];

var startedAt = Date.now();

function say(line) {
  process.stdout.write(line + '\n');
}

setup.prepare(function () {
  say('Checking types…');
  setup.runTool('typescript/bin/tsc', ['-b'], function () {
    say('Checking style…');
    setup.runTool('@biomejs/biome/bin/biome', ['check', '.'], function () {
      say('Running tests…');
      setup.runTool('vitest/vitest.mjs', ['run'].concat(projects, rest), function () {
        var what = projects.length > 0 ? 'but the browser tests, which were left out, ' : '';
        say('Everything ' + what + 'passes, after ' + Math.round((Date.now() - startedAt) / 1000) + ' s.');
      });
    });
  });
});
