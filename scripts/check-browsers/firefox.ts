/** Firefox through Marionette, its own protocol, which needs no driver beside an installed Firefox. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DrivenBrowser, freePort, START_LIMIT_MS } from './driven-browser.js';

export async function startFirefox(program = 'firefox-esr'): Promise<DrivenBrowser> {
  const port = await freePort();
  const profile = mkdtempSync(join(tmpdir(), 'convscope-firefox-'));
  writeFileSync(join(profile, 'user.js'), `user_pref("marionette.port", ${port});\n`);
  const browser = spawn(
    program,
    ['--headless', '--no-remote', '--marionette', '--remote-allow-system-access', '--profile', profile],
    { stdio: 'ignore' },
  );
  const removeProfile = () => rmSync(profile, { recursive: true, force: true });
  await once(browser, 'spawn').catch((error: unknown) => {
    removeProfile();
    throw error;
  });
  const ended = once(browser, 'exit');
  const close = async () => {
    browser.kill();
    await ended;
    removeProfile();
  };
  try {
    const ask = await marionette(port);
    await ask('WebDriver:NewSession', {});
    return {
      async open(url) {
        await ask('WebDriver:Navigate', { url });
      },
      evaluate: async (script) => (await ask('WebDriver:ExecuteScript', { script, args: [] })).value,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Ask = (command: string, parameters: object) => Promise<{ readonly value?: unknown }>;

/** Connects as soon as Firefox listens. A message is its length, a colon, and [type, id, command or error, parameters]. */
async function marionette(port: number): Promise<Ask> {
  const socket = await connected(port);
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

async function connected(port: number): Promise<Socket> {
  for (const began = performance.now(); ; await delay(200)) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      // Not yet.
      if (performance.now() - began > START_LIMIT_MS) throw error;
    }
  }
}
