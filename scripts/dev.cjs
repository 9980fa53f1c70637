/* `npm run dev`: the hub on its own port, and Vite in front of it, which renews the page as its sources change.
   Arguments go to the hub. */
'use strict';

var childProcess = require('child_process');
var path = require('path');
var setup = require('./setup.cjs');

setup.requireNode();
setup.install();
setup.build();

var HUB_PORT = '6180';
var VITE_ORIGIN_HOST = 'localhost:5173';
var hub = childProcess.spawn(
  process.execPath,
  [path.join(setup.ROOT, 'server', 'bin', 'convscope.js'), 'serve', '--no-open', '--port', HUB_PORT].concat(
    process.argv.slice(2)
  ),
  { stdio: 'inherit' }
);
var vite = childProcess.spawn(
  'npx',
  ['--no-install', 'vite', '--host', 'localhost', '--port', VITE_ORIGIN_HOST.split(':')[1]],
  {
    cwd: path.join(setup.ROOT, 'client'),
    stdio: 'inherit',
    shell: process.platform === 'win32'
  }
);
['SIGINT', 'SIGTERM'].forEach((signal) => {
  process.on(signal, () => {
    hub.kill(signal);
    vite.kill(signal);
  });
});
hub.on('exit', (code) => {
  vite.kill('SIGTERM');
  process.exitCode = code === null ? 1 : code;
});
vite.on('exit', () => {
  hub.kill('SIGTERM');
});
