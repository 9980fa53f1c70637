/* `npm test`: sets up what is missing, then checks everything: types, style, unit, integration and browser tests.
   `npm test -- --help` lists the flags. ECMAScript 5 on purpose: see setup.cjs. */
'use strict';

var setup = require('./setup.cjs');

var WITHOUT_BROWSER = '--no-browser-tests';
var HELP =
  'Usage: npm test -- [FILTER…] [flags]\n\n' +
  'Sets up what is missing, then checks types, style and all tests.\n\n' +
  '  FILTER              only test files whose path contains this\n' +
  '  --no-browser-tests  leave out what needs a browser\n' +
  '  -- ARGUMENTS        arguments for vitest: npm test -- -- --project server\n' +
  '  --help              print this\n';

/** What is for us, and what is for vitest. */
function readArguments(args) {
  var end = args.indexOf('--');
  var ours = end < 0 ? args : args.slice(0, end);
  var filters = ours.filter(function (arg) {
    return arg.charAt(0) !== '-';
  });
  ours.forEach(function (arg) {
    if (filters.indexOf(arg) >= 0 || arg === WITHOUT_BROWSER) return;
    process.stderr.write(
      'convscope: There is no flag ' +
        arg +
        '. Flags of vitest go behind a further --. --help lists the flags.\n'
    );
    process.exit(2);
  });
  return {
    projects: ours.indexOf(WITHOUT_BROWSER) >= 0 ? ['--project', '!browser'] : [],
    rest: filters.concat(end < 0 ? [] : args.slice(end + 1))
  };
}

setup.requireNode();
setup.helpIfAsked(HELP);
var given = readArguments(process.argv.slice(2));
var projects = given.projects;
var rest = given.rest;
var startedAt = Date.now();

function say(line) {
  process.stdout.write(line + '\n');
}

function runTests() {
  say('Running tests…');
  setup.runTool('vitest/vitest.mjs', ['run'].concat(projects, rest), function () {
    var what = projects.length > 0 ? 'but the browser tests, which were left out, ' : '';
    say('Everything ' + what + 'passes, after ' + Math.round((Date.now() - startedAt) / 1000) + ' s.');
  });
}

setup.prepare(function () {
  var left = 2;
  function checked() {
    left--;
    if (left === 0) runTests();
  }
  say('Checking types and style…');
  setup.runTool('typescript/bin/tsc', ['-b'], checked);
  setup.runTool('@biomejs/biome/bin/biome', ['check', '.'], checked);
});
