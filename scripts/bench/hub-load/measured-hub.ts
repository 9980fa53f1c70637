/** A hub in a process of its own that says what it uses. This file is that process as well. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from '@convscope/shared/zod.js';
import { createHub } from '#server/hub/hub.js';
import { openLocalLogdir } from '#server/storage/local-storage.js';
import { ROOT } from '../../browser/support/convscope.js';

const TOKEN = 'hub-load-ingest-token-0123456789abcdef';

/** After a collection of garbage. Memory is in MB (10⁶ bytes). */
const usageSchema = z.object({
  rss: z.number(),
  heap: z.number(),
  external: z.number(),
  descriptors: z.number(),
  /** Sockets, timers and whatever else keeps a process alive. */
  resources: z.number(),
  /** Of the HTTP server and the process. */
  listeners: z.number(),
});
export type Usage = z.infer<typeof usageSchema>;
const startedSchema = z.object({ port: z.number() });

export interface MeasuredHub {
  /** With a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly logdir: string;
  usage(): Promise<Usage>;
  /** Resident memory in MB, as it is now. */
  rss(): number;
  /** Seconds of processor time that it has used. */
  cpu(): number;
  stop(): Promise<void>;
}

/** @param speed how many seconds pass for the hub in one */
export async function startMeasuredHub(logdir: string, speed = 1): Promise<MeasuredHub> {
  const child = fork(fileURLToPath(import.meta.url), [logdir, String(speed)], {
    execArgv: ['--expose-gc'],
  });
  const heard = () =>
    new Promise<unknown>((resolve, reject) => {
      const ended = () => reject(new Error('The hub ended.'));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        resolve(message);
      });
    });
  const { port } = startedSchema.parse(await heard());
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    token: TOKEN,
    logdir,
    async usage() {
      child.send('usage');
      return usageSchema.parse(await heard());
    },
    rss() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
    },
    cpu() {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
      // Behind the name, which is in parentheses: user and system time are fields 14 and 15, in hundredths.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

async function serve(logdir: string, speed: number, tell: (message: object) => void): Promise<void> {
  const began = Date.now();
  const server = createServer();
  const hub = await createHub(server, {
    storage: await openLocalLogdir(logdir),
    clientDirectory: `${ROOT}client/dist`,
    host: '127.0.0.1',
    ingestToken: TOKEN,
    now: () => (began + (Date.now() - began) * speed) / 1000,
    lookEveryMs: 1000 / speed,
    stateEveryMs: 1000 / speed,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.on('message', () => {
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    const listeners = [...server.eventNames()].map((name) => server.listenerCount(name));
    listeners.push(...process.eventNames().map((name) => process.listenerCount(name)));
    tell({
      rss: rss / 1e6,
      heap: heapUsed / 1e6,
      external: external / 1e6,
      descriptors: readdirSync('/proc/self/fd').length,
      resources: process.getActiveResourcesInfo().length,
      listeners: listeners.reduce((sum, count) => sum + count),
    } satisfies Usage);
  });
  process.on('disconnect', () => void hub.close().then(() => process.exit(0)));
  tell({ port: (server.address() as AddressInfo).port });
}

const [, script, logdir, speed] = process.argv;
const send = process.send?.bind(process);
if (script === fileURLToPath(import.meta.url) && send && logdir !== undefined)
  await serve(logdir, Number(speed), (message) => send(message));
