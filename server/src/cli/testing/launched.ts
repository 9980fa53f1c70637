/** `convscope train` as a real process with its children, in a folder of its own, for tests that end it in every way. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import type { RunEnd } from '@convscope/shared/run-record.js';
import { codeOf } from '../../machine/error-code.js';
import { runBytes, startProcess, type TestProcess, testFolder } from '../../writer/testing/processes.js';

export const CLI = fileURLToPath(new URL('../../../bin/convscope.js', import.meta.url));
const PICTURES = fileURLToPath(new URL('../../trainer/fixtures/cifar10-subset', import.meta.url));

export interface Launched extends TestProcess {
  readonly folder: ReturnType<typeof testFolder>;
  readonly runDirectory: string;
  /** The process id of a launcher's child by its script: hub-process or trainer-process. */
  childPid(script: string): number;
  /** Resolves once the run's log holds this many steps. */
  logs(steps: number): Promise<void>;
}

/** Trains on a few real pictures, on one wasm thread, until it is ended. */
export function launch(args: readonly string[] = []): Launched {
  const folder = testFolder();
  const fixed = ['--logdir', folder.logdir, '--port', '0', '--no-open', '--name', 'r', '--data', PICTURES];
  const quick = ['--backend', 'wasm', '--threads', '1', '--batch', '16', '--capture-every', '10'];
  const started = startProcess([CLI, 'train', ...fixed, ...quick, ...args], folder.env);
  const runDirectory = join(folder.logdir, 'r');
  return {
    ...started,
    folder,
    runDirectory,
    childPid(script) {
      const found = childrenOf(started.child.pid!).find(({ command }) => command.includes(script));
      if (!found) throw new Error(`The launcher has no ${script}:\n${started.output()}`);
      return found.pid;
    },
    async logs(steps) {
      await until(() => logOf(runDirectory).steps.length >= steps, started.output);
    },
  };
}

export interface Log {
  /** The steps of train/loss, in file order. */
  readonly steps: readonly number[];
  readonly gaps: number;
  readonly end: RunEnd | undefined;
}

/** The contents of the run's event file; empty while there is none. */
export function logOf(runDirectory: string): Log {
  const steps: number[] = [];
  let gaps = 0;
  let end: RunEnd | undefined;
  if (!existsSync(runDirectory) || readdirSync(runDirectory).length === 0) return { steps, gaps, end };
  const reader = createFrameReader({
    onEvent(data) {
      const { step, values } = decodeEvent(data);
      for (const value of values) {
        if (value.tag === 'train/loss') steps.push(Number(step));
        const record = value.kind === 'run-end' ? value.toRecord() : undefined;
        if (record?.kind === 'run-end') end = record.end;
      }
    },
    onGap: () => {
      gaps++;
    },
  });
  reader.push(runBytes(runDirectory));
  reader.finish();
  return { steps, gaps, end };
}

/** The children of a process. Reads /proc (Linux only), which needs no extra process. */
export function childrenOf(parent: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // "pid (command) state ppid", where the command may contain anything, including parentheses.
        const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        if (ppid !== parent) return [];
        return [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch (error) {
        // It ended while we looked.
        if (['ENOENT', 'ESRCH'].includes(codeOf(error))) return [];
        throw error;
      }
    });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie counts as ended; its parent has just not collected it yet.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error))) return false;
    throw error;
  }
}

/** Polls `condition` for up to a minute, then fails with the text of `story`. */
export async function until(condition: () => boolean, story: () => string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`The condition was not met within a minute:\n${story()}`);
    await delay(20);
  }
}
