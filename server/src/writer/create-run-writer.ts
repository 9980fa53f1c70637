import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { builtFile } from '../machine/built-file.js';
import { newEventFileName } from '../machine/event-file-name.js';
import { createMapBacklog } from './map-backlog.js';
import type { RunWriter, WriterStatus } from './run-writer.js';
import { spoolDirectory } from './spool.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';

/** Values that may wait for the thread, unless the caller says otherwise. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

export interface RunWriterOptions {
  /** The run's name; a taken one gets a suffix at the hub. May hold `/`. */
  readonly name: string;
  /**
   * Sends to a hub through the spool in `cacheDirectory`. `url` is that of the page, with the hub's base path if it
   * has one. Without a hub the run is written to `<logdir>/<name>` directly.
   */
  readonly hub?: { readonly url: string; readonly token: string };
  readonly cacheDirectory: string;
  /** Absolute. The hub's own, or where to write when there is no hub. */
  readonly logdir: string;
  /** 0 for no limit. */
  readonly maxLogMb?: number;
  /** Bytes of map values that may wait for the writer's thread; beyond it the newest maps replace older ones. */
  readonly mostWaitingBytes?: number;
  /** The writer's thread has ended without being asked: what it said, as a sentence. */
  readonly onFailure?: (sentence: string) => void;
}

export interface StartedRunWriter extends RunWriter {
  /** Resolves when the log's file is there. Rejects with a sentence when it cannot be made. */
  readonly ready: Promise<void>;
}

type Closed = Awaited<ReturnType<RunWriter['close']>>;

/** A writer with a thread of its own: nothing that it is given holds up the caller. */
export function createRunWriter(options: RunWriterOptions): StartedRunWriter {
  const runUid = randomBytes(16).toString('hex');
  const threadData: ThreadData = {
    runUid,
    run: options.name,
    file: newEventFileName(),
    directory: options.hub
      ? spoolDirectory(options.cacheDirectory, runUid)
      : join(options.logdir, options.name),
    maxLogBytes: (options.maxLogMb ?? 0) * 1024 * 1024,
    ...(options.hub ? { hub: { ...options.hub, logdir: options.logdir } } : {}),
  };
  const worker = new Worker(builtFile(import.meta.url, './writer-thread.js'), {
    workerData: threadData,
    // The thread is compiled: loaders and conditions of the caller's program are not for it.
    execArgv: [],
  });
  let status: WriterStatus = {
    connected: false,
    written: 0,
    acknowledged: 0,
    droppedMaps: 0,
    captureStretch: 1,
    mapsCpuMilliseconds: 0,
  };
  let queued: RunRecord[] = [];
  let failure: string | undefined;
  let onClosed: ((result: Closed) => void) | undefined;
  let closed: Promise<Closed> | undefined;
  let ended = false;

  function post(message: ToThread, transfer: ArrayBuffer[] = []): void {
    if (!ended) worker.postMessage(message, transfer);
  }

  const backlog = createMapBacklog(options.mostWaitingBytes ?? MOST_WAITING_BYTES, ({ maps, wallTime }) => {
    const { buffer } = maps.values;
    // A view of a larger buffer would take its neighbours along.
    const own = buffer.byteLength === maps.values.byteLength && buffer instanceof ArrayBuffer;
    const values = own ? maps.values : maps.values.slice();
    post({ type: 'maps', maps: { ...maps, values }, wallTime, droppedBefore: backlog.dropped() }, [
      values.buffer as ArrayBuffer,
    ]);
  });

  /** One message for all records of a step: they are added within one turn of the loop. */
  function flush(): void {
    if (queued.length === 0) return;
    const records = queued;
    queued = [];
    post({ type: 'records', records });
  }

  let settleReady: { resolve(): void; reject(error: Error): void } | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    settleReady = { resolve, reject };
  });
  // Whoever does not ask hears of it through onFailure.
  ready.catch(() => undefined);

  worker.on('message', (message: FromThread) => {
    if (message.type === 'status') {
      status = message.status;
      settleReady?.resolve();
    } else if (message.type === 'maps-done') backlog.done();
    else onClosed?.({ acknowledged: message.acknowledged, ...(message.path ? { path: message.path } : {}) });
  });
  function fail(cause: string): void {
    if (failure !== undefined) return;
    failure = `The log writer stopped${cause}. What it wrote is in ${threadData.directory}.`;
    settleReady?.reject(new Error(failure));
    options.onFailure?.(failure);
  }
  worker.on('error', (error) => fail(`: ${error.message}`));
  worker.on('exit', () => {
    ended = true;
    if (onClosed === undefined) fail('');
    onClosed?.({ acknowledged: false });
  });

  return {
    runUid,
    ready,
    add(record) {
      if (record.kind === 'run-end') {
        // The last record stays the last.
        flush();
        backlog.flush();
      }
      if (queued.length === 0) queueMicrotask(flush);
      queued.push(record);
    },
    addMaps(maps) {
      flush();
      backlog.add({ maps, wallTime: Date.now() / 1000 });
    },
    status: () => ({
      ...status,
      droppedMaps: status.droppedMaps + backlog.dropped(),
      ...(failure ? { warning: failure } : {}),
    }),
    async close({ acknowledgeWithinMs } = { acknowledgeWithinMs: 2_000 }) {
      if (ended) return { acknowledged: false };
      flush();
      backlog.flush();
      closed ??= new Promise((resolve) => {
        onClosed = resolve;
      });
      post({ type: 'close', acknowledgeWithinMs });
      return closed;
    },
  };
}
