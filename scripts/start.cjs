/* `npm start`, `npm run hub`, `npm run convscope -- …`: sets up what is missing, then runs the command line.
   Old syntax on purpose: see setup.cjs. */
'use strict';

var childProcess = require('child_process');
var path = require('path');
var setup = require('./setup.cjs');

/** Flags of ours that npm swallows when `--` is forgotten: `npm start --steps 300`. */
var OUR_FLAGS = (
  'allow_host base_path batch backend capture_every capture_gradients data epochs exit_when_done logdir lr ' +
  'max_log_mb model momentum optimizer schedule seed steps threads weight_decay'
).split(' ');

function refuseSwallowedFlags() {
  var found = OUR_FLAGS.filter((flag) => process.env['npm_config_' + flag] !== undefined);
  if (found.length === 0) return;
  var script = process.env.npm_lifecycle_event === 'hub' ? 'npm run hub' : 'npm start';
  var flags = found.map((flag) => {
    var value = process.env['npm_config_' + flag];
    return '--' + flag.replace(/_/g, '-') + (value === 'true' || value === '' ? ' …' : ' ' + value);
  });
  setup.fail(
    'npm took ' +
      flags.join(' ') +
      ' for itself. Put -- before the flags: ' +
      script +
      ' -- ' +
      flags.join(' ')
  );
}

setup.requireNode();
refuseSwallowedFlags();
setup.install();
setup.build();

var child = childProcess.spawn(
  process.execPath,
  [path.join(setup.ROOT, 'server', 'bin', 'convscope.js')].concat(process.argv.slice(2)),
  { stdio: 'inherit' }
);
['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((signal) => {
  process.on(signal, () => {
    // From a terminal the child has it already, and it counts them: only what was sent to us alone is passed on.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
});
child.on('exit', (code, signal) => {
  if (signal) process.kill(process.pid, signal);
  else process.exit(code);
});
