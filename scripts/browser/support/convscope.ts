/** convscope as a user starts it, in folders of its own, for tests that look at it through a browser. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { codeOf } from 'convscope/machine/error-code.js';

/** The repository: this file is run from scripts/ by tests and from scripts/dist/ by benches. */
export const ROOT = fileURLToPath(import.meta.url).replace(/scripts[\\/](dist[\\/])?browser[\\/].*$/, '');
const CLI = join(ROOT, 'server', 'bin', 'convscope.js');
/** A few hundred real CIFAR-10 pictures. */
export const PICTURES = join(ROOT, 'server', 'src', 'trainer', 'fixtures', 'cifar10-subset');

export interface Convscope {
  readonly url: string;
  readonly port: number;
  readonly logdir: string;
  readonly maps: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals>;
  output(): string;
  /** The process id of the hub under the launcher. */
  hubPid(): number;
  stop(): Promise<void>;
}

export interface Folder {
  readonly logdir: string;
  /** Where the trainer leaves the float32 values of its maps. */
  readonly maps: string;
  readonly env: NodeJS.ProcessEnv;
  remove(): void;
}

export function testFolder(): Folder {
  const root = mkdtempSync(join(tmpdir(), 'convscope-browser-'));
  const maps = join(root, 'maps');
  return {
    logdir: join(root, 'runs'),
    maps,
    env: { ...process.env, XDG_CACHE_HOME: join(root, 'cache'), CONVSCOPE_DUMP_MAPS: maps, CI: 'true' },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** To measure training in: nothing is dumped, and the cache is the user's own, since the native binding lies there. */
export function measuringFolder(): Folder {
  const folder = testFolder();
  const { CONVSCOPE_DUMP_MAPS: _, XDG_CACHE_HOME: __, ...env } = folder.env;
  const cache = process.env['XDG_CACHE_HOME'];
  return { ...folder, env: { ...env, ...(cache === undefined ? {} : { XDG_CACHE_HOME: cache }) } };
}

/** Starts `convscope COMMAND …` and waits for its page. */
export async function startConvscope(
  folder: Folder,
  command: 'train' | 'serve',
  args: readonly string[] = [],
): Promise<Convscope> {
  const child = spawn(
    process.execPath,
    [CLI, command, '--logdir', folder.logdir, '--port', '0', '--no-open', ...args],
    { env: folder.env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  const heard = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', heard);
  child.stderr.on('data', heard);
  let over = false;
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      resolve(signal ?? code ?? 0);
    });
  });
  await until(() => /Page: http/.test(output) || over, `convscope ${command} to print its page`);
  const [, url, port] = output.match(/Page: (http:\/\/localhost:(\d+)\/)/) ?? [];
  if (url === undefined) throw new Error(`convscope ${command} ended before it had a page:\n${output}`);
  return {
    url,
    port: Number(port),
    logdir: folder.logdir,
    maps: folder.maps,
    child,
    ended,
    output: () => output,
    hubPid() {
      const found = childrenOf(child.pid!).find(({ command: line }) => line.includes('hub-process'));
      if (!found) throw new Error(`The launcher has no hub process:\n${output}`);
      return found.pid;
    },
    async stop() {
      if (over) return;
      child.kill('SIGINT');
      const killed = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(killed);
    },
  };
}

/** Looks until it is so; fails after a minute with what was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs / 1000} s in vain for ${what}.`);
    await delay(20);
  }
}

/** Linux only, as the browser that npm brings. */
function childrenOf(parent: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // "pid (command) state ppid": the command may hold anything, also parentheses.
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

/** The float32 values of a layer's maps as the trainer had them: [picture, y, x, channel]. */
export function trainerMaps(directory: string, layer: string, role: string, step: number): Float32Array {
  const path = join(directory, `${layer}-${role}-${step}.f32`);
  if (!existsSync(path)) throw new Error(`The trainer took no capture of ${layer} at step ${step}.`);
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

declare global {
  interface Window {
    /** What the page says of itself: see client/src/diagnostics.ts. */
    readonly __convscope?: {
      readonly settled: boolean;
      readonly drawn: Readonly<
        Record<string, { readonly step: number; readonly at: number; readonly count: number }>
      >;
    };
  }
}
