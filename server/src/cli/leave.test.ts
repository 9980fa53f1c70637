import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { builtFile } from '../machine/built-file.js';

function startLeaving(prelude: string) {
  const program = `${prelude}; import(${JSON.stringify(builtFile(import.meta.url, './leave.js'))}).then(({ leave }) => leave(7));`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
}

it('a process ends with its code', async () => {
  expect(await once(startLeaving(''), 'exit')).toEqual([7, null]);
});

it.skipIf(process.platform === 'win32')(
  'a process ends although a call to the file system is never answered',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convscope-leave-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    // Nobody ever opens the other end.
    const open = `import { open } from 'node:fs/promises'; void open(${JSON.stringify(fifo)})`;
    expect(await once(startLeaving(open), 'exit')).toEqual([null, 'SIGKILL']);
  },
);
