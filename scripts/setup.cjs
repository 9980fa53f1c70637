/* Provides what everything needs before it runs: a Node that is new enough, the packages, the build.
   ECMAScript 5 and no dependencies, so that any Node can read it and say that it is too old. */
'use strict';

var childProcess = require('child_process');
var crypto = require('crypto');
var fs = require('fs');
var os = require('os');
var path = require('path');
var lock = require('./setup-lock.cjs');

var ROOT = path.join(__dirname, '..');
var OLDEST_NODE = 20;
var WORKSPACES = ['shared', 'server', 'client'];
var BUILT = ['shared', 'server', 'client'];
var INSTALL_STAMP = path.join(ROOT, 'node_modules', '.convscope-install');
var BUILD_STAMP = path.join(ROOT, 'node_modules', '.convscope-build');
/** npm's record of what it installed. */
var NPM_RECORD = path.join(ROOT, 'node_modules', '.package-lock.json');
var LOCK = path.join(ROOT, '.convscope-setup.lock');

function fail(sentence) {
  process.stderr.write('convscope: ' + sentence + '\n');
  process.exit(1);
}

/** Prints the text and ends, before anything is installed or built, where --help is among the arguments. */
function helpIfAsked(text) {
  if (process.argv.indexOf('--help') < 2) return;
  process.stdout.write(text);
  process.exit(0);
}

/** Ends with a sentence about a flag that does not exist. */
function refuseFlag(flag) {
  process.stderr.write('convscope: There is no flag ' + flag + '. --help lists the flags.\n');
  process.exit(2);
}

function requireNode() {
  var major = Number(process.versions.node.split('.')[0]);
  if (major >= OLDEST_NODE) return;
  fail(
    'Node ' +
      OLDEST_NODE +
      ' or newer is needed, this is ' +
      process.versions.node +
      '. Get it from https://nodejs.org.'
  );
}

/** The exit code that a shell reports for a process that a signal ended. */
function signalCode(signal) {
  return 128 + ((os.constants && os.constants.signals[signal]) || 1);
}

/** Programs that run now. None outlives this process, which ends when one of them fails. */
var running = [];
process.on('exit', function () {
  running.forEach(function (child) {
    child.kill();
  });
});

/** Runs a program with its output on the terminal, then `next`; ends with its code when it fails. */
function runProgram(program, args, options, next) {
  var child = childProcess.spawn(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: Object.assign({}, process.env, options.env || {}),
    shell: Boolean(options.shell)
  });
  running.push(child);
  var asked = null;
  function onSignal(signal) {
    asked = signal;
    child.kill(signal);
  }
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, onSignal);
  });
  child.on('error', function (error) {
    fail(program + ' could not be started: ' + error.message);
  });
  child.on('close', function (code, signal) {
    running.splice(running.indexOf(child), 1);
    ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (name) {
      process.removeListener(name, onSignal);
    });
    if (asked || signal) process.exit(signalCode(asked || signal));
    if (code !== 0) process.exit(code);
    next();
  });
}

/** A tool of node_modules, by its own file: no shell and no .cmd in between, on any platform. */
function runTool(file, args, next, env) {
  var tool = path.join.apply(path, [ROOT, 'node_modules'].concat(file.split('/')));
  runProgram(process.execPath, [tool].concat(args), { env: env }, next);
}

/** The npm that started us; else the one on the path, which on Windows only a shell finds. */
function runNpm(args, next) {
  var own = process.env.npm_execpath;
  if (own && /npm-cli\.js$/.test(own)) runProgram(process.execPath, [own].concat(args), {}, next);
  else runProgram('npm', args, { shell: process.platform === 'win32' }, next);
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A hash of everything that decides which packages are installed. */
function packagesHash() {
  var hash = crypto.createHash('sha256');
  var files = ['package-lock.json', 'package.json'].concat(
    WORKSPACES.map(function (name) {
      return path.join(name, 'package.json');
    })
  );
  files.forEach(function (file) {
    hash.update(file + '\0' + (readIfThere(path.join(ROOT, file)) || '') + '\0');
  });
  return hash.update(process.platform + process.arch).digest('hex');
}

/** A hash of the names, sizes and times of all files below a folder: a cheap check that nothing changed. */
function stateOf(folder) {
  var hash = crypto.createHash('sha256');
  (function walk(directory) {
    fs.readdirSync(directory, { withFileTypes: true }).forEach(function (entry) {
      var full = path.join(directory, entry.name);
      var stat;
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== 'dist' && entry.name !== '.turbo') walk(full);
        return;
      }
      // Written by the build itself.
      if (/\.tsbuildinfo$/.test(entry.name)) return;
      stat = fs.statSync(full);
      hash.update(full + '\0' + stat.size + '\0' + stat.mtimeMs + '\0');
    });
  })(path.join(ROOT, folder));
  return folder + ' ' + hash.digest('hex');
}

function buildState() {
  var settings = ['tsconfig.base.json', 'turbo.json'].map(function (file) {
    return file + ' ' + fs.statSync(path.join(ROOT, file)).mtimeMs;
  });
  return BUILT.map(stateOf).concat(settings, packagesHash()).join('\n');
}

/** Whether the user has run `npm ci`: npm's record agrees with the lock file. */
function isInstalledByHand() {
  var wanted = JSON.parse(readIfThere(path.join(ROOT, 'package-lock.json')) || '{}').packages || {};
  var there = JSON.parse(readIfThere(NPM_RECORD) || '{}').packages || {};
  return (
    Object.keys(there).length > 0 &&
    Object.keys(wanted).every(function (name) {
      var one = wanted[name];
      var other = there[name];
      // npm may leave out packages for other platforms and optional peers.
      if (name.indexOf('node_modules/') < 0 || one.optional || one.peer) return true;
      return other !== undefined && other.version === one.version && other.integrity === one.integrity;
    })
  );
}

function isInstalled() {
  var hash = packagesHash();
  if (readIfThere(INSTALL_STAMP) === hash) return true;
  if (!isInstalledByHand()) return false;
  fs.writeFileSync(INSTALL_STAMP, hash);
  return true;
}

function isBuilt() {
  return (
    fs.existsSync(path.join(ROOT, 'server', 'dist', 'cli', 'cli.js')) &&
    fs.existsSync(path.join(ROOT, 'client', 'dist', 'index.html')) &&
    readIfThere(BUILD_STAMP) === buildState()
  );
}

function install(next) {
  var wanted = packagesHash();
  if (isInstalled()) return next();
  process.stdout.write('Installing packages…\n');
  // The build needs the development dependencies, even with NODE_ENV=production.
  runNpm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], function () {
    fs.writeFileSync(INSTALL_STAMP, wanted);
    next();
  });
}

/** Says that the bundle is new: bin/convscope.js compares its time, and turbo leaves what is as it would build it untouched. */
function touchBundle() {
  var bundle = path.join(ROOT, 'server', 'dist', 'bundle', 'cli.js');
  var now = new Date();
  if (fs.existsSync(bundle)) fs.utimesSync(bundle, now, now);
}

/** Builds what has changed. */
function build(next) {
  var wanted = buildState();
  runTool(
    'turbo/bin/turbo',
    ['run', 'build', '--output-logs=errors-only', '--log-prefix=none'],
    function () {
      touchBundle();
      fs.writeFileSync(BUILD_STAMP, wanted);
      next();
    },
    { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
  );
}

/** Checks Node, installs and builds what is missing, then calls `next`. A lock keeps two starts from installing at once. */
function prepare(next) {
  requireNode();
  if (isInstalled() && isBuilt()) return next();
  lock.take(LOCK, function (release) {
    install(function () {
      function done() {
        release();
        next();
      }
      if (isBuilt()) return done();
      process.stdout.write('Building…\n');
      build(done);
    });
  });
}

module.exports = {
  ROOT: ROOT,
  fail: fail,
  helpIfAsked: helpIfAsked,
  refuseFlag: refuseFlag,
  requireNode: requireNode,
  prepare: prepare,
  build: build,
  runTool: runTool,
  signalCode: signalCode
};
