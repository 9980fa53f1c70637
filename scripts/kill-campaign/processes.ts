/** The program under attack: started, watched, found among the machine's processes, and killed by its number. */

import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from 'convscope/machine/error-code.js';

const COMMAND = join(import.meta.dirname, '../../../server/bin/convscope.js');
const PATIENCE_MS = 120_000;

export interface Program {
  readonly pid: number;
  output(): string;
  /** Its exit code, or the signal that has ended it. */
  readonly ended: Promise<number | string>;
  hasEnded(): boolean;
}

/** Runs convscope with a cache of its own. */
export function startProgram(args: readonly string[], folder: string): Program {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    // env-paths: Linux by XDG_CACHE_HOME, macOS by HOME.
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  let over = false;
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    // Not its closing: a killed launcher's children still hold the streams.
    child.once('exit', (code, signal) => {
      over = true;
      resolve(signal ?? code ?? 0);
    });
  });
  return { pid: child.pid!, output: () => output, ended, hasEnded: () => over };
}

/** The child of `program` that runs `script`. @throws when there is none */
export function childNamed(program: Program, script: string): number {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  for (const line of stdout.split('\n')) {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(parent) === program.pid && args?.includes(script)) return Number(pid);
  }
  throw new Error(`There is no ${script}:\n${program.output()}`);
}

/** kill -9; one that is gone already is as good. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** @throws with what the program has printed when it ends, or much time passes, before the condition holds */
export async function until(condition: () => boolean, program: Program): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (program.hasEnded() || performance.now() > deadline)
      throw new Error(`It never came about:\n${program.output()}`);
    await delay(5);
  }
}
