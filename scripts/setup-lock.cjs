/* A lock file that cannot block for ever: its holder touches it every second while it works.
   A lock whose process is gone, or that does not move while we watch it, is taken over. ECMAScript 5: see setup.cjs. */
'use strict';

var fs = require('fs');
var os = require('os');

var BEAT_MS = 1000;
/** Longer than any pause of a busy machine. Measured by our own clock, since that of a shared folder may differ. */
var STALE_MS = 15000;
var POLL_MS = 200;
/** The locks of this process, by file. */
var held = {};

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The text of the lock and when it was last touched; null when there is no lock. */
function look(file) {
  try {
    return { text: fs.readFileSync(file, 'utf8'), touched: fs.statSync(file).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether the holder is certainly gone: a process of this machine that has ended, or whose id is now ours. */
function isGone(file, text) {
  var parts = text.split('\n');
  var pid = Number(parts[0]);
  if (parts[1] !== os.hostname() || !(pid > 0)) return false;
  return pid === process.pid ? held[file] !== text : !isAlive(pid);
}

/** Moves the lock aside, and puts it back when another process has replaced it in the meantime. */
function removeStale(file, judged) {
  var aside = file + '.' + process.pid + '.' + Date.now();
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  try {
    if (fs.readFileSync(aside, 'utf8') !== judged) fs.linkSync(aside, file);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    fs.unlinkSync(aside);
  }
}

/** Calls `then(release)` when the lock is ours. The options, staleMs and say, are for tests. */
function take(file, then, options) {
  var staleMs = (options && options.staleMs) || STALE_MS;
  var say =
    (options && options.say) ||
    function (line) {
      process.stdout.write(line + '\n');
    };
  var mine = process.pid + '\n' + os.hostname() + '\n' + Date.now() + ' ' + Math.random();
  var watched = null;
  var since = 0;
  var said = false;

  function hold() {
    held[file] = mine;
    var beat = setInterval(function () {
      var now = Date.now() / 1000;
      // Ignore errors: the lock may have been deleted by hand.
      fs.utimes(file, now, now, function () {});
    }, BEAT_MS);
    function release() {
      var current = look(file);
      clearInterval(beat);
      delete held[file];
      process.removeListener('exit', release);
      if (current && current.text === mine) fs.unlinkSync(file);
    }
    process.on('exit', release);
    then(release);
  }

  (function attempt() {
    var current;
    var seen;
    try {
      fs.writeFileSync(file, mine, { flag: 'wx' });
      return hold();
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    current = look(file);
    if (current === null) return attempt();
    seen = current.text + ' ' + current.touched;
    if (seen !== watched) {
      watched = seen;
      since = Date.now();
    }
    if (isGone(file, current.text) || Date.now() - since > staleMs) {
      removeStale(file, current.text);
      return attempt();
    }
    if (!said) say('Waiting for another convscope that is setting up…');
    said = true;
    setTimeout(attempt, POLL_MS);
  })();
}

module.exports = { take: take };
