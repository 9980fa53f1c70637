import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { killNow, startProcess } from '../testing/process.js';
import { CLI, startProduct, type TestFolder, testFolder } from '../testing/product.js';

describe.skipIf(!('enableCompileCache' in nodeModule))('compiled code', () => {
  let folder: TestFolder;
  beforeEach(() => {
    folder = testFolder();
  });
  afterEach(() => folder.remove());

  const version = (env: NodeJS.ProcessEnv) => {
    const { NODE_COMPILE_CACHE: _, ...all } = { ...folder.env, ...env };
    return startProcess([CLI, '--version'], { env: all, timeoutMs: 20_000 }).ended;
  };

  it('is kept in the user’s cache', async () => {
    expect(await version({})).toBe(0);
    const kept = join(folder.cache, 'compiled-code');
    expect(existsSync(kept) && readdirSync(kept)).toHaveLength(1);
  });

  it.skipIf(!('flushCompileCache' in nodeModule))('is kept of a hub that is killed', async () => {
    const { NODE_COMPILE_CACHE: _, ...env } = folder.env;
    const hub = await startProduct({ ...folder, env }, 'serve');
    const kept = join(folder.cache, 'compiled-code');
    const files = () => (existsSync(kept) ? readdirSync(kept, { recursive: true }) : []);
    // One for the version of Node, and one for each module.
    await vi.waitFor(() => expect(files().length).toBeGreaterThan(10), { timeout: 20_000, interval: 50 });
    killNow(hub.pid);
    await hub.ended;
  });

  it('is not kept where no folder can be made, and convscope starts as well', async () => {
    expect(await version({ XDG_CACHE_HOME: '/proc/cache' })).toBe(0);
    mkdirSync(dirname(folder.cache));
    writeFileSync(folder.cache, '');
    expect(await version({})).toBe(0);
  });

  it('is not kept where a file lies in its place, and convscope starts as well', async () => {
    mkdirSync(folder.cache, { recursive: true });
    writeFileSync(join(folder.cache, 'compiled-code'), '');
    expect(await version({})).toBe(0);
  });
});
