/** A real hub over a logdir of its own, and what kinds need to act on it and to look at what it says. */
import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import type { RunDetail, RunSummary, RunsMessage } from '@convscope/shared/protocol/live.js';
import type { TestProcess } from '#server/testing/process.js';
import { startCommand, startProduct, type TestFolder, testFolder } from '#server/testing/product.js';
import { until } from '#server/testing/until.js';
import { healthyFile } from './hostile-events.js';
import { startWatcher, type Watcher } from './monitor.js';

export const EVENT_FILE = 'events.out.tfevents.1700000000.host.1.0';
/** Points of a healthy run. */
export const HEALTHY_POINTS = 200;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type RunningHub = TestProcess & { readonly port: number };

export interface Scene {
  readonly hub: RunningHub;
  readonly folder: TestFolder;
  readonly logdir: string;
  readonly watcher: Watcher;
  /** Headers of a viewer that may see runs. */
  readonly headers: Readonly<Record<string, string>>;
  ask(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  runs(): Promise<readonly RunSummary[]>;
  detail(run: string): Promise<RunDetail | undefined>;
  close(): Promise<void>;
}

/** @param guarded listens beyond loopback, where viewers need a cookie */
export async function openScene(guarded = false): Promise<Scene> {
  const folder = testFolder();
  mkdirSync(folder.logdir, { recursive: true });
  await writeRun(folder.logdir, 'there-before', [healthyFile(HEALTHY_POINTS)]);
  const { hub, headers } = guarded
    ? await startGuarded(folder)
    : { hub: await startProduct(folder, 'serve'), headers: {} };
  const ask = (path: string, own: Readonly<Record<string, string>> = headers) => askHub(hub.port, path, own);
  async function json<T>(path: string): Promise<T | undefined> {
    const { status, body } = await ask(path);
    return status === 200 ? (JSON.parse(body.toString()) as T) : undefined;
  }
  const detail = (run: string) => json<RunDetail>(`/${HTTP.run}?run=${encodeURIComponent(run)}`);
  // The hub's start is not measured here.
  await until(async () => (await detail('there-before'))?.summary.readToEnd === true, hub.output);
  const watcher = await startWatcher();
  return {
    hub,
    watcher,
    folder,
    logdir: folder.logdir,
    headers,
    ask,
    runs: async () => (await json<RunsMessage>(`/${HTTP.runs}`))?.runs ?? [],
    detail,
    async close() {
      await watcher.stop();
      hub.child.kill('SIGKILL');
      await hub.ended;
      folder.remove();
    },
  };
}

/** Listens on every address, where viewers need a cookie. @returns what the printed page's token gives */
async function startGuarded(folder: TestFolder): Promise<{ hub: RunningHub; headers: Scene['headers'] }> {
  const started = startCommand(folder, 'serve', ['--host', '0.0.0.0']);
  const [, port, token] = await started.prints(/Page: \S+:(\d+)\/#token=(\S+)/);
  const hub = { ...started, port: Number(port) };
  const { headers } = await askHub(
    hub.port,
    `/${HTTP.session}`,
    { Host: `localhost:${port}`, 'Content-Type': 'application/json' },
    JSON.stringify({ token }),
  );
  const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  return { hub, headers: { Host: `localhost:${port}`, Cookie: cookie } };
}

export function askHub(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false, timeout: 60_000 });
    asked.on('timeout', () => asked.destroy(new Error(`${path} was not answered within 60 s.`)));
    asked.on('error', reject);
    asked.on('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
    });
    asked.end(body);
  });
}

/** Writes an event file as a writer does: it grows. `name` may hold any bytes. */
export async function writeRun(
  logdir: string,
  name: string,
  parts: Iterable<Uint8Array>,
  sparseBytes = 0,
): Promise<void> {
  const directory = join(logdir, name);
  mkdirSync(directory, { recursive: true });
  const file = await open(join(directory, EVENT_FILE), 'w');
  let length = 0;
  for (const part of parts) {
    await file.write(part);
    length += part.length;
  }
  if (sparseBytes > 0) await file.truncate(length + sparseBytes);
  await file.close();
}
