/** WebKitGTK through its WebDriver (Debian's webkit2gtk-driver). It needs a display. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type DrivenBrowser, freePort, START_LIMIT_MS } from './driven-browser.js';

/** How long the browser may take to answer a command, in milliseconds: to load a page is one. */
const ANSWER_LIMIT_MS = 120_000;

/** @param program the driver, which finds the browser beside it */
export async function startWebKit(program = 'WebKitWebDriver'): Promise<DrivenBrowser> {
  const port = await freePort();
  const driver = spawn(program, [`--port=${port}`], { stdio: 'ignore' });
  await once(driver, 'spawn');
  const ended = once(driver, 'exit');
  const stop = async () => {
    driver.kill();
    await ended;
  };
  const call = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = (await response.json()) as { readonly value?: unknown };
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer.value).slice(0, 300)}`);
    return answer.value;
  };
  try {
    const began = performance.now();
    for (;;) {
      if (driver.exitCode !== null) throw new Error(`${program} ended with code ${driver.exitCode}.`);
      try {
        await call('GET', '/status');
        break;
      } catch (error) {
        if (performance.now() - began > START_LIMIT_MS) throw error;
        await delay(100);
      }
    }
    const opened = (await call('POST', '/session', { capabilities: {} })) as { readonly sessionId: string };
    const session = `/session/${opened.sessionId}`;
    return {
      async open(url) {
        await call('POST', `${session}/url`, { url });
      },
      evaluate: (script) => call('POST', `${session}/execute/sync`, { script, args: [] }),
      async close() {
        await call('DELETE', session);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
