/* `npm start`, `npm run hub`, `npm run convscope -- …`: sets up what is missing, then runs the command line.
   ECMAScript 5 on purpose: see setup.cjs. */
'use strict';

var childProcess = require('child_process');
var path = require('path');
var setup = require('./setup.cjs');

/** Flags of ours that npm keeps for itself when `--` is forgotten: `npm start --steps 300`. */
var VALUES = (
  'allow_host base_path batch backend capture_every data epochs host logdir lr max_log_mb model momentum name ' +
  'optimizer port schedule seed steps threads weight_decay'
).split(' ');
var SWITCHES = ['capture_gradients', 'exit_when_done', 'install_native'];

function dashed(flag) {
  return '--' + flag.replace(/_/g, '-');
}

/** The flags as the user meant them. npm keeps `--steps` and passes on the 300; with several values it is unknown which belongs to which. */
function swallowedFlags(env, args) {
  var loose = args.filter(function (arg) {
    return arg !== 'train' && arg !== 'serve';
  });
  var bare = VALUES.filter(function (flag) {
    return env['npm_config_' + flag] === 'true';
  });
  var flags = [];
  VALUES.forEach(function (flag) {
    var value = env['npm_config_' + flag];
    if (value === undefined) return;
    if (value === 'true' || value === '') value = bare.length === 1 && loose.length === 1 ? loose[0] : '…';
    flags.push(dashed(flag) + ' ' + value);
  });
  SWITCHES.forEach(function (flag) {
    if (env['npm_config_' + flag] !== undefined) flags.push(dashed(flag));
  });
  // `--no-open` comes as an empty npm_config_open.
  if (env.npm_config_open === '') flags.push('--no-open');
  return flags;
}

function refuseSwallowedFlags() {
  var flags = swallowedFlags(process.env, process.argv.slice(2)).join(' ');
  var script = process.env.npm_lifecycle_event;
  var command = script && script !== 'start' ? 'npm run ' + script : 'npm start';
  if (flags === '') return;
  setup.fail('npm took ' + flags + ' for itself. Put -- before the flags: ' + command + ' -- ' + flags);
}

/** npm runs us through a shell. SIGTERM ends that shell without reaching us, so watch for a new parent. */
function endWithNpm(child) {
  var parent = process.ppid;
  var watch;
  if (!process.env.npm_lifecycle_event) return;
  watch = setInterval(function () {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 200);
}

function start() {
  var child = childProcess.spawn(
    process.execPath,
    [path.join(setup.ROOT, 'server', 'bin', 'convscope.js')].concat(process.argv.slice(2)),
    { stdio: 'inherit' }
  );
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      // A terminal sends SIGINT to the child as well; pass on only what was sent to us alone.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  });
  endWithNpm(child);
  child.on('error', function (error) {
    setup.fail('Node could not be started again: ' + error.message);
  });
  child.on('exit', function (code, signal) {
    process.exit(signal ? setup.signalCode(signal) : code);
  });
}

setup.requireNode();
refuseSwallowedFlags();
setup.prepare(start);
