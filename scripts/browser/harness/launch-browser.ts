/** Launches the browser of the tests. */
import { existsSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { messageOf } from '@convscope/shared/message-of.js';
import type { Browser } from 'playwright-core';
import { isChromiumPacked, unpackChromium } from './unpack-chromium.js';

// `import` would look through four megabytes of script for names of exports, in each process of tests.
const { chromium } = createRequire(import.meta.url)('playwright-core') as typeof import('playwright-core');

// Containers and root cannot use the sandbox; the pages opened are our own.
const ARGS = ['--no-sandbox', '--enable-unsafe-swiftshader'];

/** Room for the shared memory of the browsers of all workers. */
const SHARED_MEMORY_BYTES = 2 * 1024 ** 3;

/**
 * Playwright has Chromium keep its shared memory in files below /tmp, as /dev/shm is small in many containers. Where it is not,
 * loading the page takes a tenth less CPU time in /dev/shm.
 */
function hasSharedMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= SHARED_MEMORY_BYTES;
  } catch {
    // Not on this system.
    return false;
  }
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? '';
}

/**
 * A headless Chromium: what CONVSCOPE_BROWSER names, else the one that npm brought (Linux on x64), else an
 * installed Chrome or Edge. Throws a sentence that says what was tried when there is none.
 */
export async function launchBrowser(): Promise<Browser> {
  const common = {
    args: ARGS,
    ignoreDefaultArgs: hasSharedMemory() ? ['--disable-dev-shm-usage'] : [],
  };
  const named = process.env.CONVSCOPE_BROWSER;
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`CONVSCOPE_BROWSER names ${named}, which is not there.`);
    return chromium.launch({ ...common, executablePath: named });
  }
  const tried: string[] = [];
  if (isChromiumPacked()) {
    const { executable, environment } = await unpackChromium();
    try {
      return await chromium.launch({
        ...common,
        executablePath: executable,
        env: { ...(process.env as Record<string, string>), ...environment },
      });
    } catch (error) {
      tried.push(`the Chromium from npm: ${firstLine(error)}`);
    }
  } else {
    tried.push(
      `the Chromium from npm: it is for Linux on x64 with glibc, and this is ${process.platform} on ${process.arch}`,
    );
  }
  for (const channel of ['chrome', 'msedge']) {
    try {
      return await chromium.launch({ ...common, channel, args: process.platform === 'linux' ? ARGS : [] });
    } catch (error) {
      tried.push(`an installed ${channel}: ${firstLine(error)}`);
    }
  }
  throw new Error(
    `No browser could be started. Tried: ${tried.join('; ')}. ` +
      'Install Chrome or Edge, name a Chromium in CONVSCOPE_BROWSER, or leave the browser tests out with --no-browser-tests.',
  );
}
