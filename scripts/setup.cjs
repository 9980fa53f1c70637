/* What must be there before anything runs: a Node that is new enough, the packages, the build.
   Old syntax and no dependencies, so that any Node can read it and say that it is too old. */
'use strict';

var childProcess = require('child_process');
var crypto = require('crypto');
var fs = require('fs');
var path = require('path');

var ROOT = path.join(__dirname, '..');
var OLDEST_NODE = 20;
var WORKSPACES = ['shared', 'server', 'client', 'scripts'];
var INSTALL_STAMP = path.join(ROOT, 'node_modules', '.convscope-install');
var BUILD_STAMP = path.join(ROOT, 'node_modules', '.convscope-build');

function fail(sentence) {
  process.stderr.write('convscope: ' + sentence + '\n');
  process.exit(1);
}

function requireNode() {
  var major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    fail(
      'Node ' +
        OLDEST_NODE +
        ' or newer is needed, this is ' +
        process.versions.node +
        '. Get it from https://nodejs.org.'
    );
  }
}

/** Runs a command, its output on the terminal, and exits with its code when it fails. */
function runStep(command, args, environment) {
  var result = childProcess.spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: Object.assign({}, process.env, environment || {}),
    // npm is npm.cmd on Windows, which only a shell runs.
    shell: process.platform === 'win32'
  });
  if (result.error) fail(command + ' could not be started: ' + result.error.message);
  if (result.status !== 0) process.exit(result.status === null ? 1 : result.status);
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** A hash of everything that says which packages belong here. */
function packagesHash() {
  var hash = crypto.createHash('sha256');
  var files = ['package-lock.json', 'package.json'].concat(
    WORKSPACES.map((name) => path.join(name, 'package.json'))
  );
  files.forEach((file) => {
    hash.update(file + '\0' + (readIfThere(path.join(ROOT, file)) || '') + '\0');
  });
  return hash.update(process.platform + process.arch).digest('hex');
}

/** One at a time: two starts at once must not install into the same folder. */
function withLock(work) {
  var lock = path.join(ROOT, '.convscope-setup.lock');
  var said = false;
  var holder;
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    holder = Number(readIfThere(lock) || 0);
    if (holder && !isAlive(holder)) {
      fs.rmSync(lock, { force: true });
      continue;
    }
    if (!said) process.stdout.write('Waiting for another convscope that is setting up…\n');
    said = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  var release = () => {
    fs.rmSync(lock, { force: true });
  };
  process.on('exit', release);
  work();
  process.removeListener('exit', release);
  release();
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function install() {
  var wanted = packagesHash();
  if (readIfThere(INSTALL_STAMP) === wanted) return;
  withLock(() => {
    if (readIfThere(INSTALL_STAMP) === wanted) return;
    process.stdout.write('Installing packages…\n');
    runStep('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    fs.writeFileSync(INSTALL_STAMP, wanted);
  });
}

/** The newest change and the number of files below a folder, as text: a cheap way to see that nothing changed. */
function stateOf(folder) {
  var newest = 0;
  var count = 0;
  (function walk(directory) {
    fs.readdirSync(directory, { withFileTypes: true }).forEach((entry) => {
      var full = path.join(directory, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && entry.name !== 'dist' && entry.name !== '.turbo') walk(full);
      } else {
        count += 1;
        newest = Math.max(newest, fs.statSync(full).mtimeMs);
      }
    });
  })(path.join(ROOT, folder));
  return folder + ' ' + count + ' ' + newest;
}

function build() {
  var wanted = ['shared', 'server', 'client'].map(stateOf).join('\n') + '\n' + packagesHash();
  var built = ['server/dist/cli/cli.js', 'client/dist/index.html'].every((file) =>
    fs.existsSync(path.join(ROOT, file))
  );
  if (built && readIfThere(BUILD_STAMP) === wanted) return;
  withLock(() => {
    process.stdout.write('Building…\n');
    runStep(
      'npx',
      ['--no-install', 'turbo', 'run', 'build', '--output-logs=errors-only', '--log-prefix=none'],
      {
        TURBO_TELEMETRY_DISABLED: '1',
        DO_NOT_TRACK: '1'
      }
    );
    fs.writeFileSync(BUILD_STAMP, wanted);
  });
}

module.exports = {
  ROOT: ROOT,
  fail: fail,
  requireNode: requireNode,
  install: install,
  build: build,
  runStep: runStep
};
