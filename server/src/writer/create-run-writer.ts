import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { builtFile } from '../machine/built-file.js';
import { newEventFileName } from '../machine/event-file-name.js';
import { createLossCount } from './lost-records.js';
import { createMapBacklog } from './map-backlog.js';
import type { ClosedLog, RunWriter, WriterStatus } from './run-writer.js';
import { spoolDirectory } from './spool.js';
import type { FromThread, ThreadData, ToThread } from './thread-messages.js';
import { createRequestQueue } from './viewer-requests.js';

/** Default of `mostWaitingBytes`. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
/** Default of `mostWaitingRecords`. A scalar takes some 500 bytes on its way. */
const MOST_WAITING_RECORDS = 100_000;

export interface RunWriterOptions {
  /** The run's name; may contain `/`. The hub adds a suffix when the name is taken. */
  readonly name: string;
  /**
   * Sends the run to a hub through the spool in `cacheDirectory`. `url` is the URL of the page, including the hub's base
   * path. Without a hub the run is written to `<logdir>/<name>` directly.
   */
  readonly hub?: { readonly url: string; readonly token: string };
  readonly cacheDirectory: string;
  /** Absolute path of the hub's logdir; without a hub, where to write. */
  readonly logdir: string;
  /** Limit of the run's log in MiB; 0 for none. */
  readonly maxLogMb?: number;
  /** Bytes of map values that the writer's thread may hold. Beyond that the newest maps replace older ones. */
  readonly mostWaitingBytes?: number;
  /**
   * Other records that the thread may have before it. A thread that hangs, on a slow disk say, must not fill the memory:
   * further ones are dropped and counted.
   */
  readonly mostWaitingRecords?: number;
  /** Bytes of the log that may wait in memory while the disk refuses them. */
  readonly memoryBytes?: number;
  /** Called with a sentence when the writer's thread ends unexpectedly. */
  readonly onFailure?: (sentence: string) => void;
}

export interface StartedRunWriter extends RunWriter {
  /** Resolves when the log file has been created; rejects when it cannot be. */
  readonly ready: Promise<void>;
}

/** A writer that encodes and writes in its own thread, so that logging does not block the caller. */
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
    ...(options.memoryBytes === undefined ? {} : { memoryBytes: options.memoryBytes }),
    ...(options.hub ? { hub: { ...options.hub, logdir: options.logdir } } : {}),
  };
  const worker = new Worker(builtFile(import.meta.url, './writer-thread.js'), {
    workerData: threadData,
    // The thread runs compiled code and must not inherit loaders or conditions of the caller's program.
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
  const mostWaitingRecords = options.mostWaitingRecords ?? MOST_WAITING_RECORDS;
  const dropped = createLossCount();
  let posted = 0;
  let taken = 0;
  let failure: string | undefined;
  let onClosed: ((log: ClosedLog) => void) | undefined;
  let closed: Promise<ClosedLog> | undefined;
  let ended = false;

  function post(message: ToThread, transfer: ArrayBuffer[] = []): void {
    if (!ended) worker.postMessage(message, transfer);
  }

  const viewers = createRequestQueue((state) => post({ type: 'state', state }));

  const backlog = createMapBacklog(options.mostWaitingBytes ?? MOST_WAITING_BYTES, ({ maps, wallTime }) => {
    const { buffer } = maps.values;
    // Transferring a view would detach the whole buffer behind it.
    const own = buffer.byteLength === maps.values.byteLength && buffer instanceof ArrayBuffer;
    const values = own ? maps.values : maps.values.slice();
    post({ type: 'maps', maps: { ...maps, values }, wallTime, droppedBefore: backlog.dropped() }, [
      values.buffer as ArrayBuffer,
    ]);
  });

  /** Sends the records of a step as one message: they are added within one turn of the event loop. */
  function flush(): void {
    if (queued.length === 0) return;
    const records = queued;
    queued = [];
    if (posted - taken >= mostWaitingRecords) for (const record of records) dropped.add(record);
    else {
      posted += records.length;
      post({ type: 'records', records });
    }
  }

  let settleReady: { resolve(): void; reject(error: Error): void } | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    settleReady = { resolve, reject };
  });
  // Callers that do not await `ready` are told through onFailure.
  ready.catch(() => undefined);

  worker.on('message', (message: FromThread) => {
    if (message.type === 'status') {
      status = message.status;
      taken = message.taken;
      settleReady?.resolve();
    } else if (message.type === 'maps-done') backlog.done();
    else if (message.type === 'asked') {
      const { id, asked } = message;
      viewers.add({ ...asked, answer: (answer) => post({ type: 'answer', id, answer }) });
    } else onClosed?.(withDropped(message.log));
  });
  function fail(cause: string): void {
    if (failure !== undefined) return;
    failure = `The log writer stopped${cause}. What it had not written is lost.`;
    settleReady?.reject(new Error(failure));
    options.onFailure?.(failure);
  }
  worker.on('error', (error) => fail(`: ${error.message}`));
  worker.on('exit', () => {
    ended = true;
    viewers.end('The process no longer reaches the hub.');
    if (onClosed === undefined) fail('');
    onClosed?.(unfinished());
  });

  function unfinished(): ClosedLog {
    const { path } = status;
    return withDropped({ acknowledged: false, ...(path ? { path } : {}), ...(failure ? { failure } : {}) });
  }

  function withDropped(log: ClosedLog): ClosedLog {
    if (dropped.losses().length === 0) return log;
    dropped.addAll(log.losses ?? []);
    return { ...log, losses: dropped.losses() };
  }

  return {
    runUid,
    ready,
    viewers,
    add(record) {
      if (record.kind === 'run-end') {
        // The run's end must be the last record.
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
      if (ended) return closed ?? unfinished();
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
