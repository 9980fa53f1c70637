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

/** Default of `mostWaitingBytes`. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

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
  /** Called with a sentence when the writer's thread ends unexpectedly. */
  readonly onFailure?: (sentence: string) => void;
}

export interface StartedRunWriter extends RunWriter {
  /** Resolves when the log file has been created; rejects when it cannot be. */
  readonly ready: Promise<void>;
}

type Closed = Awaited<ReturnType<RunWriter['close']>>;

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
  let failure: string | undefined;
  let onClosed: ((result: Closed) => void) | undefined;
  let closed: Promise<Closed> | undefined;
  let ended = false;

  function post(message: ToThread, transfer: ArrayBuffer[] = []): void {
    if (!ended) worker.postMessage(message, transfer);
  }

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
    post({ type: 'records', records });
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
