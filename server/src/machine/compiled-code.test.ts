import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { killNow, startProcess } from '../testing/process.js';
import { CLI, startProduct, type TestFolder, testFolder } from '../testing/product.js';
import { addCompiledCode, compiledCodePath, readCompiledCode } from './compiled-code.js';

const SERVER = dirname(dirname(CLI));
const writtenAt = (...path: string[]) => statSync(join(SERVER, ...path)).mtimeMs;

describe('the compiled code of the command line', () => {
  let folder: TestFolder;
  beforeAll(() => {
    if (writtenAt('dist', 'bundle', 'cli.js') <= writtenAt('tsconfig.tsbuildinfo'))
      throw new Error(
        'Only the bundle keeps its code, and it is older than what tsc has compiled: npm run build.',
      );
  });
  beforeEach(() => {
    const made = testFolder();
    const { NODE_COMPILE_CACHE: _, ...env } = made.env;
    folder = { ...made, env };
  });
  afterEach(() => folder.remove());

  const kept = () => join(folder.cache, 'compiled-code');
  const files = () => readdirSync(kept()).filter((name) => name.endsWith('.code'));
  const version = (env: NodeJS.ProcessEnv = {}) =>
    startProcess([CLI, '--version'], { env: { ...folder.env, ...env }, timeoutMs: 20_000 }).ended;

  it('is kept in the user’s cache, for that user alone', async () => {
    expect(await version()).toBe(0);
    expect(files()).toHaveLength(1);
    expect(statSync(kept()).mode & 0o77).toBe(process.platform === 'win32' ? 0o66 : 0);
  });

  it('is kept of a hub that is killed, and the next hub compiles nothing of it again', async () => {
    const hub = async () => {
      const { pid, ended, port } = await startProduct(folder, 'serve');
      await fetch(`http://localhost:${port}/api/runs`);
      return { ended, kill: () => killNow(pid), stop: () => process.kill(pid, 'SIGTERM') };
    };
    const first = await hub();
    await vi.waitFor(() => expect(files()).toHaveLength(1), { timeout: 20_000, interval: 50 });
    first.kill();
    await first.ended;
    const written = () => statSync(join(kept(), files()[0]!)).ino;
    const before = written();
    const second = await hub();
    second.stop();
    await second.ended;
    // What one of them had to compile would have been added when it ended.
    expect(written()).toBe(before);
  });

  it('is not kept if NODE_DISABLE_COMPILE_CACHE is set', async () => {
    expect(await version({ NODE_DISABLE_COMPILE_CACHE: '1' })).toBe(0);
    expect(() => readdirSync(kept())).toThrow('ENOENT');
  });

  it('is not kept where no folder can be made, and convscope starts as well', async () => {
    expect(await version({ XDG_CACHE_HOME: '/proc/cache' })).toBe(0);
    mkdirSync(dirname(folder.cache));
    writeFileSync(folder.cache, '');
    expect(await version()).toBe(0);
  });

  it('is not kept where a file lies in its place, and convscope starts as well', async () => {
    mkdirSync(folder.cache, { recursive: true });
    writeFileSync(kept(), '');
    expect(await version()).toBe(0);
  });

  it.each<[string, (path: string, whole: Buffer) => void]>([
    ['has one byte changed', (path, whole) => writeFileSync(path, whole.with(whole.length - 9, 1))],
    ['was cut', (path, whole) => writeFileSync(path, whole.subarray(0, -1))],
    ['is empty', (path) => writeFileSync(path, '')],
  ])('is compiled and written again if its file %s', async (_, damage) => {
    await version();
    const path = join(kept(), files()[0]!);
    const whole = readFileSync(path);
    damage(path, whole);
    expect(await version()).toBe(0);
    expect(readFileSync(path).length).toBe(whole.length);
    expect(readCompiledCode(path).has('cli.program.js')).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('is not waited for in a FIFO', async () => {
    await version();
    const path = join(kept(), files()[0]!);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(await version()).toBe(0);
  });
});

describe('files of compiled code', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'convscope-code-'));
    vi.stubEnv('NODE_COMPILE_CACHE', join(folder, 'cache'));
    writeFileSync(join(folder, 'a.js'), '');
    writeFileSync(join(folder, 'b.js'), '');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  const code = (text: string) => ({ source: text, code: Buffer.from(text) });

  it('hold what several processes added, of modules that are still there', () => {
    const path = compiledCodePath(join(folder, 'a.js'));
    addCompiledCode(path, folder, new Map([['a.js', code('old')]]));
    addCompiledCode(path, folder, new Map([['b.js', code('b')]]));
    addCompiledCode(path, folder, new Map([['a.js', code('new')]]));
    expect(readCompiledCode(path)).toEqual(
      new Map([
        ['a.js', code('new')],
        ['b.js', code('b')],
      ]),
    );
    rmSync(join(folder, 'b.js'));
    addCompiledCode(path, folder, new Map());
    expect([...readCompiledCode(path).keys()]).toEqual(['a.js']);
  });

  it('are 32 at most, with what was left by processes that were killed', () => {
    for (let at = 0; at < 40; at++) {
      const path = compiledCodePath(join(folder, `${at}`));
      addCompiledCode(path, folder, new Map());
      if (at % 2 === 0) writeFileSync(`${path}.1-0.draft`, '');
    }
    expect(readdirSync(join(folder, 'cache'))).toHaveLength(32);
    const last = compiledCodePath(join(folder, 'last'));
    addCompiledCode(last, folder, new Map([['a.js', code('last')]]));
    expect(readCompiledCode(last).has('a.js')).toBe(true);
  });
});
