import { Worker } from 'node:worker_threads';
import { messageOf } from '@convscope/shared/message-of.js';
import { builtFile } from '../../machine/built-file.js';
import { type FromBulkThread, type ToBulkThread, transferable } from './bulk-messages.js';

/** The memory of a thread in MB, besides the bytes that it is given. Tables of tags are what it is for. */
const THREAD_MB = 256;

/** The thread ended before it answered. */
export class ThreadDiedError extends Error {}

export interface BulkThread {
  readonly isDead: boolean;
  /** Whether it has done anything. */
  readonly hasAnswered: boolean;
  /** Sends a message that has no answer. */
  tell(message: Exclude<ToBulkThread, { type: 'bytes' }>): void;
  /** Hands over bytes, whose buffer is gone then unless it is shared. @throws ThreadDiedError */
  read(message: Extract<ToBulkThread, { type: 'bytes' }>): Promise<FromBulkThread>;
  end(): Promise<void>;
}

/** @param died called once when it ended by itself */
export type StartBulkThread = (died: () => void) => BulkThread;

export const startBulkThread: StartBulkThread = (died) => {
  const waiting = new Map<number, { done(answer: FromBulkThread): void; failed(error: Error): void }>();
  let isDead = false;
  let isEnded = false;
  let hasAnswered = false;
  let reason = 'it ended';
  const worker = new Worker(builtFile(import.meta.url, './bulk-thread.js'), {
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MB, maxYoungGenerationSizeMb: 4 },
    // The thread runs compiled code and must not inherit loaders or conditions of the caller's program.
    execArgv: [],
  });
  worker.on('message', (answer: FromBulkThread) => {
    hasAnswered = true;
    waiting.get(answer.job)?.done(answer);
    waiting.delete(answer.job);
    if (waiting.size === 0) worker.unref();
  });
  worker.on('error', (error) => {
    reason = messageOf(error);
  });
  worker.on('exit', () => {
    isDead = true;
    for (const { failed } of waiting.values()) failed(new ThreadDiedError(`a thread died: ${reason}`));
    waiting.clear();
    if (!isEnded) died();
  });
  // It keeps the process alive while it is waited for.
  worker.unref();
  return {
    get isDead() {
      return isDead;
    },
    get hasAnswered() {
      return hasAnswered;
    },
    tell(message) {
      if (!isDead) worker.postMessage(message);
    },
    read(message) {
      return new Promise((done, failed) => {
        if (isDead) return failed(new ThreadDiedError(`a thread died: ${reason}`));
        waiting.set(message.job, { done, failed });
        worker.ref();
        worker.postMessage(message, transferable(message.bytes.buffer));
      });
    },
    async end() {
      isEnded = true;
      await worker.terminate();
    },
  };
};
