/** Real hub and sender processes for tests: started, listened to, killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';

const CLI = fileURLToPath(new URL('../../../bin/convscope.js', import.meta.url));
const SENDER = fileURLToPath(new URL('./sender-process.mjs', import.meta.url));

export interface TestProcess {
  readonly child: ChildProcess;
  /** Everything it has printed. */
  output(): string;
  /** Resolves to the match once the output holds it; rejects when the process ends without. */
  prints(pattern: RegExp): Promise<RegExpMatchArray>;
  readonly ended: Promise<number | string>;
}

export function startProcess(args: readonly string[], env: NodeJS.ProcessEnv = process.env): TestProcess {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const listeners = new Set<() => void>();
  const heard = (chunk: Buffer) => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', heard);
  child.stderr.on('data', heard);
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code ?? 0)),
  );
  return {
    child,
    output: () => output,
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

/** A folder of its own for the cache and the logs of a test. */
export function testFolder(): {
  root: string;
  cache: string;
  logdir: string;
  env: NodeJS.ProcessEnv;
  remove(): void;
} {
  const root = mkdtempSync(join(tmpdir(), 'convscope-test-'));
  return {
    root,
    cache: join(root, 'cache', 'convscope'),
    logdir: join(root, 'runs'),
    env: { ...process.env, XDG_CACHE_HOME: join(root, 'cache') },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
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

/** @throws when the hub does not get the port that is asked for */
export async function startHubProcess(
  folder: { logdir: string; env: NodeJS.ProcessEnv },
  port = 0,
): Promise<TestProcess & { url: string; port: number }> {
  const hub = startProcess(
    [CLI, 'serve', '--logdir', folder.logdir, '--port', String(port), '--no-open'],
    folder.env,
  );
  const [, url, number] = await hub.prints(/Page: (http:\/\/localhost:(\d+))\//);
  if (port !== 0 && Number(number) !== port) {
    hub.child.kill('SIGKILL');
    throw new Error(`The hub listens on ${number} since somebody has taken ${port}.`);
  }
  return { ...hub, url: url!, port: Number(number) };
}

export function startSender(
  folder: { logdir: string; cache: string; env: NodeJS.ProcessEnv },
  job: { hubUrl: string; name: string; steps: number; everyMs: number },
): TestProcess {
  const token = readFileSync(join(folder.cache, 'ingest-token'), 'utf8').trim();
  const { cache: cacheDirectory, logdir } = folder;
  return startProcess([SENDER, JSON.stringify({ ...job, token, cacheDirectory, logdir })], folder.env);
}

/** The bytes of the run's only event file. */
export function runBytes(directory: string): Uint8Array {
  const files = readdirSync(directory).filter((name) => name.includes('tfevents'));
  if (files.length !== 1)
    throw new Error(`${directory} holds ${files.length} event files: ${files.join(', ')}`);
  return readFileSync(join(directory, files[0]!));
}

/** Steps of a scalar in file order, and how many gaps the file has. */
export function stepsIn(bytes: Uint8Array, tag: string): { steps: number[]; gaps: number } {
  const steps: number[] = [];
  let gaps = 0;
  const reader = createFrameReader({
    onEvent: (data) => {
      const event = decodeEvent(data);
      if (event.values.some((value) => value.tag === tag)) steps.push(Number(event.step));
    },
    onGap: () => {
      gaps++;
    },
  });
  reader.push(bytes);
  reader.finish();
  return { steps, gaps };
}
