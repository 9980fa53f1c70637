/**
 * Opens an exported run in Firefox, from disk, and reports whether its maps are drawn and what the page complained about.
 * Speaks Marionette, Firefox's own protocol, so that it needs no driver beside an installed Firefox.
 *
 *   node scripts/dist/check-firefox.js RUN.html [--firefox PATH]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { readCommandLine, refuse, required, text } from './command-line.js';

const PORT = 2828;
const LIMIT_MS = 90_000;

const { flags, words } = readCommandLine({
  run: 'node scripts/dist/check-firefox.js',
  purpose: 'Opens an exported run in Firefox and waits for its maps.',
  words: { file: required('an exported run') },
  flags: { firefox: text('PATH', 'the browser to start', 'firefox-esr') },
});

const profile = mkdtempSync(join(tmpdir(), 'convscope-firefox-'));
writeFileSync(join(profile, 'user.js'), `user_pref("marionette.port", ${PORT});\n`);
const browser = spawn(
  flags.firefox,
  ['--headless', '--no-remote', '--marionette', '--remote-allow-system-access', '--profile', profile],
  { stdio: 'ignore' },
);
const ended = once(browser, 'exit');
try {
  const ask = await marionette();
  await ask('WebDriver:NewSession', {});
  const began = performance.now();
  await ask('WebDriver:Navigate', { url: pathToFileURL(resolve(words.file)).href });
  const drawn = async () => {
    const script = `const canvas = document.querySelector('canvas[data-grid=output]');
      return window.__convscope?.settled === true && canvas !== null ? canvas.dataset.step : null;`;
    const { value } = await ask('WebDriver:ExecuteScript', { script, args: [] });
    return value;
  };
  let step = await drawn();
  while (typeof step !== 'string' && performance.now() - began < LIMIT_MS) {
    await delay(100);
    step = await drawn();
  }
  if (typeof step !== 'string') refuse('Firefox has drawn no maps.');
  console.log(`Firefox shows the maps of step ${step} after ${Math.round(performance.now() - began)} ms.`);
} finally {
  browser.kill();
  await ended;
  rmSync(profile, { recursive: true, force: true });
}
process.exit();

type Ask = (command: string, parameters: object) => Promise<{ readonly value?: unknown }>;

/** Connects as soon as Firefox listens. A message is its length, a colon, and [type, id, command or error, parameters]. */
async function marionette(): Promise<Ask> {
  const socket = await connected();
  const waiting = new Map<number, (message: readonly unknown[]) => void>();
  let held = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    for (;;) {
      const colon = held.indexOf(':');
      const length = Number(held.toString('latin1', 0, Math.max(0, colon)));
      if (colon < 0 || held.length < colon + 1 + length) return;
      const message: unknown = JSON.parse(held.toString('utf8', colon + 1, colon + 1 + length));
      held = held.subarray(colon + 1 + length);
      if (Array.isArray(message)) waiting.get(Number(message[1]))?.(message);
    }
  });
  let id = 0;
  return (command, parameters) =>
    new Promise((done, failed) => {
      const own = ++id;
      waiting.set(own, ([, , error, result]) => {
        waiting.delete(own);
        if (error !== null) failed(new Error(`${command}: ${JSON.stringify(error).slice(0, 300)}`));
        else done(typeof result === 'object' && result !== null ? result : {});
      });
      const bytes = Buffer.from(JSON.stringify([0, own, command, parameters]));
      socket.write(Buffer.concat([Buffer.from(`${bytes.length}:`), bytes]));
    });
}

async function connected(): Promise<Socket> {
  for (const began = performance.now(); ; await delay(200)) {
    const socket = connect(PORT, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      // Not yet.
      if (performance.now() - began > LIMIT_MS) refuse('Firefox does not start.');
    }
  }
}
