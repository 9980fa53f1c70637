/* `npm run dev`: the hub on a port of its own, and Vite in front of it, which reloads the page as its sources change.
   `npm run dev -- --help` says more. ECMAScript 5 on purpose: see setup.cjs. */
'use strict';

var childProcess = require('child_process');
var path = require('path');
var setup = require('./setup.cjs');

var VITE_PORT = '5173';
var HELP =
  'Usage: npm run dev -- [flags of the hub]\n\n' +
  'Starts the hub, and Vite in front of it at http://localhost:' +
  VITE_PORT +
  ', which reloads the page as its sources change.\n\n' +
  '  --logdir DIR  the runs to show, like every other flag of the hub: npm run hub -- --help lists them\n' +
  '  --help        print this\n';
var SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function runNode(file, args, options) {
  return childProcess.spawn(process.execPath, [path.join(setup.ROOT, file)].concat(args), options);
}

function startVite(hubUrl) {
  return runNode('node_modules/vite/bin/vite.js', ['--host', 'localhost', '--port', VITE_PORT], {
    cwd: path.join(setup.ROOT, 'client'),
    stdio: 'inherit',
    env: Object.assign({}, process.env, { CONVSCOPE_HUB: hubUrl })
  });
}

function start() {
  var args = ['serve', '--no-open'].concat(process.argv.slice(2));
  var hub = runNode('server/bin/convscope.js', args, { stdio: ['inherit', 'pipe', 'inherit'] });
  var vite = null;
  var printed = '';
  hub.stdout.on('data', function (chunk) {
    var found;
    process.stdout.write(chunk);
    if (vite) return;
    // The hub takes another port where the usual one is taken.
    printed += chunk;
    found = /Page: (http:\/\/[^/\s]+)/.exec(printed);
    if (!found) return;
    vite = startVite(found[1]);
    vite.on('exit', function () {
      hub.kill('SIGTERM');
    });
  });
  SIGNALS.forEach(function (signal) {
    process.on(signal, function () {
      // A terminal sends SIGINT to the whole process group.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      hub.kill(signal);
      if (vite) vite.kill(signal);
    });
  });
  hub.on('exit', function (code, signal) {
    if (vite) vite.kill('SIGTERM');
    process.exitCode = signal ? setup.signalCode(signal) : code;
  });
}

setup.requireNode();
setup.helpIfAsked(HELP);
setup.prepare(start);
