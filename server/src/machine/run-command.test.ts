import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryDirectory } from '../native-install/testing/fake-commands.js';
import { lastLines, runCommand, tryCommand } from './run-command.js';

const node = process.execPath;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('running a command', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('gives code and both outputs, and each line as it comes', async () => {
    const lines: string[] = [];
    const result = await runCommand(
      node,
      ['-e', 'console.log("one\\ntwo"); process.stderr.write("three"); process.exitCode = 3'],
      { onLine: (line) => lines.push(line) },
    );
    expect(result).toMatchObject({ code: 3, stdout: 'one\ntwo\n', stderr: 'three', timedOut: false });
    expect(lines.sort()).toEqual(['one', 'three', 'two']);
    expect(lastLines(result, 2)).toBe('two\nthree');
  });

  it('ends the command and all that it started when aborted, and rejects with the reason', async () => {
    const file = join(directory, 'pid');
    const grandchild = `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`;
    const child = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}]); setInterval(() => {}, 1000)`;
    const controller = new AbortController();
    const running = runCommand(node, ['-e', child], { signal: controller.signal });
    const outcome = expect(running).rejects.toThrow('stop it');
    const pid = await vi.waitFor(async () => {
      const text = await readFile(file, 'utf8');
      if (text === '') throw new Error('not yet');
      return Number(text);
    }, 20_000);
    expect(isAlive(pid)).toBe(true);
    controller.abort(new Error('stop it'));
    await outcome;
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 20_000);
  });

  it('ends a command that takes longer than its limit', async () => {
    const result = await runCommand(node, ['-e', 'setInterval(() => {}, 1000)'], {
      timeoutMilliseconds: 300,
    });
    expect(result).toMatchObject({ timedOut: true, endedBy: 'SIGTERM' });
  });

  it('tells a command that is not there from one that fails', async () => {
    expect(await tryCommand('convscope-no-such-command', [])).toBeUndefined();
    expect((await tryCommand(node, ['-e', 'process.exit(7)']))?.code).toBe(7);
  });
});
