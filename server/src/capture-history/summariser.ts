/** Runs the thread that summarises captures while there is something to summarise. */
import { Worker } from 'node:worker_threads';
import type { HistoryCapture } from '@convscope/shared/answers/summarise-event.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { encodeHistoryRow } from '@convscope/shared/protocol/history.js';
import { builtFile } from '../machine/built-file.js';
import type { FromHistoryThread, ToHistoryThread } from './history-messages.js';

/** The thread's memory is given back after so long without work. */
const IDLE_MS = 20_000;
/** The memory of the thread in MB: an event of the largest size that is read, decoded, and not much more. */
const THREAD_MB = 512;

export interface Summariser {
  /** Takes the event's bytes away. Resolves to the capture's block of history. */
  summarise(capture: HistoryCapture): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @param log receives a sentence when the thread fails */
export function createSummariser(log: (sentence: string) => void): Summariser {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;
  const waiting = new Map<number, { readonly step: number; readonly done: (block: Uint8Array) => void }>();

  function start(): Worker {
    const started = new Worker(builtFile(import.meta.url, './history-thread.js'), {
      resourceLimits: { maxOldGenerationSizeMb: THREAD_MB },
      // The thread runs compiled code and must not inherit loaders or conditions of the caller's program.
      execArgv: [],
    });
    started.on('message', ({ id, block }: FromHistoryThread) => {
      waiting.get(id)?.done(block);
      waiting.delete(id);
      if (waiting.size === 0) idle = setTimeout(() => void stop(), IDLE_MS).unref();
    });
    // Mostly a capture that needs more memory than the thread may take. It counts as unreadable.
    started.on('error', (error) => log(`The thread that judges channels failed (${messageOf(error)}).`));
    started.on('exit', () => {
      if (worker === started) worker = undefined;
      for (const { step, done } of waiting.values()) done(encodeHistoryRow({ step, unreadable: true }));
      waiting.clear();
    });
    started.unref();
    return started;
  }

  async function stop(): Promise<void> {
    clearTimeout(idle);
    const stopped = worker;
    worker = undefined;
    await stopped?.terminate();
  }

  return {
    summarise(capture) {
      clearTimeout(idle);
      worker ??= start();
      const id = ++lastId;
      return new Promise((done) => {
        waiting.set(id, { step: capture.step, done });
        const message: ToHistoryThread = { id, ...capture };
        worker?.postMessage(message, [capture.event.buffer as ArrayBuffer]);
      });
    },
    close: stop,
  };
}
