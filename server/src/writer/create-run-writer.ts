import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { builtFile } from '../built-file.js';
import type { MapsToLog, RunWriter, WriterStatus } from './run-writer.js';
import { spoolDirectory } from './spool.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

/** Captures that may wait for the thread; beyond it new maps are dropped, and counted. */
const MOST_WAITING_MAPS = 64;

export interface RunWriterOptions {
  /** The run's name; a taken one gets a suffix at the hub. May hold `/`. */
  readonly name: string;
  /** Sends to a hub through the spool in `cacheDirectory`. Without it the run is written to `logdir` directly. */
  readonly hub?: { readonly url: string; readonly token: string };
  readonly cacheDirectory: string;
  /** Absolute. The hub's own, or where to write when there is no hub. */
  readonly logdir: string;
  /** 0 for no limit. */
  readonly maxLogMb?: number;
  /** The writer's thread has ended without being asked: what it said, as a sentence. */
  readonly onFailure?: (sentence: string) => void;
}

let filesOfThisProcess = 0;

/** `events.out.tfevents.<unix seconds>.<host>.<pid>.<n>`: sorts by time, and no two are alike. */
export function eventFileName(now = Date.now()): string {
  const host =
    hostname()
      .replace(/[^\w.-]/g, '_')
      .slice(0, 64) || 'host';
  return `events.out.tfevents.${Math.floor(now / 1000)}.${host}.${process.pid}.${filesOfThisProcess++}`;
}

/** A writer with a thread of its own: nothing that it is given holds up the caller. */
export function createRunWriter(options: RunWriterOptions): RunWriter {
  const runUid = randomBytes(16).toString('hex');
  const threadData: ThreadData = {
    runUid,
    run: options.name,
    file: eventFileName(),
    directory: options.hub
      ? spoolDirectory(options.cacheDirectory, runUid)
      : join(options.logdir, options.name),
    maxLogBytes: (options.maxLogMb ?? 0) * 1024 * 1024,
    ...(options.hub ? { hub: { ...options.hub, logdir: options.logdir } } : {}),
  };
  const worker = new Worker(builtFile(import.meta.url, './writer-thread.js'), { workerData: threadData });
  let status: WriterStatus = {
    connected: false,
    written: 0,
    acknowledged: 0,
    droppedMaps: 0,
    captureStretch: 1,
    cpuMilliseconds: 0,
  };
  let queued: RunRecord[] = [];
  let waitingMaps = 0;
  let droppedHere = 0;
  let failure: string | undefined;
  let onClosed: ((result: { acknowledged: boolean; path?: string }) => void) | undefined;
  let ended = false;

  function post(message: ToThread, transfer: ArrayBuffer[] = []): void {
    if (!ended) worker.postMessage(message, transfer);
  }

  /** One message for all records of a step: they are added within one turn of the loop. */
  function flush(): void {
    if (queued.length === 0) return;
    const records = queued;
    queued = [];
    post({ type: 'records', records });
  }

  worker.on('message', (message: FromThread) => {
    if (message.type === 'status') status = message.status;
    else if (message.type === 'maps-done') waitingMaps--;
    else onClosed?.({ acknowledged: message.acknowledged, ...(message.path ? { path: message.path } : {}) });
  });
  worker.on('error', (error) => {
    failure = `The log writer stopped: ${error.message}. What it wrote is in ${threadData.directory}.`;
    options.onFailure?.(failure);
  });
  worker.on('exit', () => {
    ended = true;
    if (failure === undefined && onClosed === undefined) {
      failure = `The log writer stopped. What it wrote is in ${threadData.directory}.`;
      options.onFailure?.(failure);
    }
    onClosed?.({ acknowledged: false });
  });

  return {
    runUid,
    add(record) {
      if (queued.length === 0) queueMicrotask(flush);
      queued.push(record);
    },
    addMaps(maps: MapsToLog) {
      if (waitingMaps >= MOST_WAITING_MAPS) {
        droppedHere++;
        return;
      }
      flush();
      waitingMaps++;
      const buffer = maps.values.buffer;
      // A view of a larger buffer would take its neighbours along.
      const own = buffer.byteLength === maps.values.byteLength && buffer instanceof ArrayBuffer;
      const values = own ? maps.values : maps.values.slice();
      post({ type: 'maps', maps: { ...maps, values }, wallTime: Date.now() / 1000 }, [
        values.buffer as ArrayBuffer,
      ]);
    },
    status: () => ({
      ...status,
      droppedMaps: status.droppedMaps + droppedHere,
      ...(failure ? { warning: failure } : {}),
    }),
    async close({ acknowledgeWithinMs } = { acknowledgeWithinMs: 2_000 }) {
      if (ended) return { acknowledged: false };
      flush();
      const result = await new Promise<{ acknowledged: boolean; path?: string }>((resolve) => {
        onClosed = resolve;
        post({ type: 'close', acknowledgeWithinMs });
      });
      return result;
    },
  };
}
