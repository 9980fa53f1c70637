import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { scalar, TORCH_FILE } from '../hub/testing/run-bytes.js';
import { startProcess } from '../testing/process.js';
import { CLI, testFolder } from '../testing/product.js';
import { runsOf } from '../testing/runs-of.js';

const PAGE = /Page: (http:\/\/localhost:\d+\/)/;

describe('serve --logdir', () => {
  const folder = testFolder();
  afterAll(() => folder.remove());

  function serve(...logdirs: string[]) {
    const args = logdirs.flatMap((text) => ['--logdir', text]);
    const hub = startProcess([CLI, 'serve', '--no-open', '--port', '0', ...args], { env: folder.env });
    onTestFinished(() => {
      hub.child.kill('SIGKILL');
    });
    return hub;
  }

  async function run(path: string): Promise<string> {
    const directory = join(folder.root, path);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, TORCH_FILE), scalar('x', 1, 1));
    return directory;
  }

  async function namesOf(hub: ReturnType<typeof serve>): Promise<string[]> {
    const [, url] = await hub.prints(PAGE);
    return (await runsOf(url ?? '')).map(({ run }) => run).sort();
  }

  async function lists(hub: ReturnType<typeof serve>, runs: readonly string[]): Promise<void> {
    await expect.poll(() => namesOf(hub), { timeout: 20_000 }).toEqual(runs);
  }

  it('creates nothing: a folder that is missing is waited for, with a sentence', async () => {
    const path = join(folder.root, 'not', 'here');
    const hub = serve(path);
    await hub.prints(/The logdir .*not\/here does not exist; its runs appear when it does\./);
    expect(existsSync(join(folder.root, 'not'))).toBe(false);
    expect(await namesOf(hub)).toEqual([]);
    await run('not/here/r');
    await lists(hub, ['r']);
  });

  it.each([
    ['gs://bucket/logs', /gs:\/\/bucket\/logs cannot be opened: only folders of this machine can/],
    [join(CLI), /is a file; give the folder/],
  ])('refuses %s with a sentence', async (text, sentence) => {
    const hub = serve(text);
    expect(await hub.ended).toBe(1);
    expect(hub.output()).toMatch(sentence);
    expect(hub.output()).not.toMatch(/\n {4}at /);
  });

  it('adds up when repeated, with names in front of the runs', async () => {
    const base = await run('base/first');
    await run('other/second');
    const hub = serve(`base=${join(base, '..')}`, join(folder.root, 'other'));
    await lists(hub, ['base/first', 'other/second']);
  });

  it('takes one event file, and a path with wildcards', async () => {
    await run('sweep/lr1/logs');
    await run('sweep/lr2/logs');
    const other = await run('sweep/other/logs');
    await lists(serve(`${folder.root}/sweep/lr*`), ['lr1/logs', 'lr2/logs']);
    await lists(serve(join(other, TORCH_FILE)), ['.']);
  });
});
