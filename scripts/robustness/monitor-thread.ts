/** Asks a server again and again, in a thread of its own: what else this process does must not be in the times. */
import { type RequestOptions, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

export interface MonitorJob {
  readonly port: number;
  readonly path: string;
  readonly everyMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Heard {
  /** Milliseconds that each answer took. */
  readonly milliseconds: readonly number[];
  /** The same of the calm server: what the machine itself takes. */
  readonly calm: readonly number[];
  /** Why requests got no answer of 200. */
  readonly failures: readonly string[];
}

const GIVE_UP_MS = 120_000;

/** Of a server that nothing happens to. */
const calmPort = workerData as number;

/** Resolves to the time that the answer took, and why it is none of 200. */
function ask(options: RequestOptions): Promise<{ took: number; failure?: string }> {
  const began = performance.now();
  return new Promise((resolve) => {
    const end = (failure?: string) =>
      resolve({ took: performance.now() - began, ...(failure === undefined ? {} : { failure }) });
    const asked = request({ host: '127.0.0.1', agent: false, timeout: GIVE_UP_MS, ...options });
    asked.on('response', (response) => {
      response.resume();
      response.on('error', (error) => end(error.message));
      response.on('end', () => end(response.statusCode === 200 ? undefined : `${response.statusCode}`));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', (error) => end(error.message));
    asked.end();
  });
}

/** Ends the asking that is going on. */
let stop = (): void => undefined;

async function watch({ port, path, headers, everyMs }: MonitorJob): Promise<void> {
  const milliseconds: number[] = [];
  const calm: number[] = [];
  const failures: string[] = [];
  let going = true;
  stop = () => {
    going = false;
  };
  while (going) {
    const { took, failure } = await ask({ port, path, headers });
    milliseconds.push(took);
    if (failure !== undefined) failures.push(failure);
    calm.push((await ask({ port: calmPort })).took);
    await delay(everyMs);
  }
  parentPort?.postMessage({ milliseconds, calm, failures } satisfies Heard);
}

parentPort?.on('message', (message: MonitorJob | 'stop') => {
  if (message === 'stop') stop();
  else void watch(message);
});
