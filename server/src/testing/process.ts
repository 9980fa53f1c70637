/** Node processes for tests and benches: started, listened to, found, killed. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import process from 'node:process';
import { codeOf } from '../machine/error-code.js';

export interface TestProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Everything it has printed. */
  output(): string;
  /** Resolves to the match once the output holds it; rejects when the process ends without. */
  prints(pattern: RegExp): Promise<RegExpMatchArray>;
  hasExited(): boolean;
  /** Its exit code or the signal that ended it, as soon as it is gone: its children may still hold its output. */
  readonly exited: Promise<number | string>;
  /** The same once all its output has been read. */
  readonly ended: Promise<number | string>;
}

export interface ProcessOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Another Node than the one that runs this. */
  readonly node?: string;
  /** After so long it is killed. */
  readonly timeoutMs?: number;
}

/** Runs Node with these arguments. */
export function startProcess(
  args: readonly string[],
  { env = process.env, cwd, node = process.execPath, timeoutMs }: ProcessOptions = {},
): TestProcess {
  const child = spawn(node, args, {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: timeoutMs === undefined ? undefined : 'SIGKILL',
  });
  if (child.pid === undefined) throw new Error(`${node} could not be started.`);
  let output = '';
  let hasExited = false;
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => {
      hasExited = true;
      resolve(signal ?? code ?? 0);
    }),
  );
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code ?? 0)),
  );
  return {
    child,
    pid: child.pid,
    output: () => output,
    hasExited: () => hasExited,
    exited,
    ended,
    prints(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = output.match(pattern);
          if (!match) return false;
          listeners.delete(look);
          resolve(match);
          return true;
        };
        if (look()) return;
        listeners.add(look);
        void ended.then((how) => {
          if (!look())
            reject(new Error(`The process ended (${how}) and never printed ${pattern}:\n${output}`));
        });
      });
    },
  };
}

export interface ChildOfProcess {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
}

/** The children of a process. On Linux from /proc, since small images have no ps. */
export function childrenOf(parent: number): ChildOfProcess[] {
  const all = process.platform === 'linux' ? processesOfLinux() : processesOfPs();
  return all.filter((one) => one.parent === parent).map(({ pid, command }) => ({ pid, command }));
}

/** The process id of the child that runs `script`. @throws when there is none */
export function childPid(parent: TestProcess, script: string): number {
  const found = childrenOf(parent.pid).find(({ command }) => command.includes(script));
  if (!found) throw new Error(`There is no ${script}:\n${parent.output()}`);
  return found.pid;
}

function processesOfLinux(): (ChildOfProcess & { parent: number })[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // "pid (command) state ppid": the command may hold anything, also parentheses.
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch (error) {
        // The process ended in the meantime.
        if (['ENOENT', 'ESRCH'].includes(codeOf(error))) return [];
        throw error;
      }
    });
}

function processesOfPs(): (ChildOfProcess & { parent: number })[] {
  const { stdout, error } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  if (error) throw error;
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** Whether the process is there; a zombie, which only its parent has not looked at yet, is not. Linux only. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error))) return false;
    throw error;
  }
}

/** kill -9. A process that is gone already is left alone. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/**
 * A free port outside the range from which the system takes ports for outgoing connections: while a hub that was
 * killed is away, nobody else gets its port.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (free) return port;
  }
}
