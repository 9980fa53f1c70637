import type { RunList } from '../source.js';
import type { Answered, FromLogWorker } from './log-messages.js';
import type { LogAsk, LogQuestions, OpenedLog } from './log-service.js';

export interface LogAsker {
  /** @throws with a sentence */
  ask<K extends LogAsk>(ask: K, question: LogQuestions[K]['ask']): Promise<LogQuestions[K]['answer']>;
  close(): void;
}

export interface LogHearer {
  /** The list of runs, whenever it has changed. */
  readonly list: (list: RunList) => void;
  /** Nothing is answered any more; a sentence says why. */
  readonly failed: (reason: string) => void;
}

/**
 * Opens files in a worker, or in the page itself where the browser offers none. The bytes of files that the page holds are
 * handed over to the worker.
 */
export function openLog(log: OpenedLog, { list, failed }: LogHearer): LogAsker {
  if (typeof Worker === 'undefined') {
    const loading = import('./log-service.js').then(({ createLogService }) => createLogService(log, list));
    return {
      ask: async (ask, question) => (await loading).answer(ask, question),
      close: () => undefined,
    };
  }
  const worker = new Worker(new URL('./log-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Set<(error: Error) => void>();
  worker.onmessage = ({ data }: MessageEvent<FromLogWorker>) => list(data);
  worker.onerror = (event) => {
    const reason = `The files cannot be read: ${event.message || 'the code that reads them could not be loaded'}.`;
    failed(reason);
    for (const reject of waiting) reject(new Error(reason));
    waiting.clear();
  };
  const held = log.files.flatMap(({ content }) => (content instanceof Uint8Array ? [content.buffer] : []));
  worker.postMessage({ open: log }, held);
  return {
    ask: <K extends LogAsk>(ask: K, question: LogQuestions[K]['ask']) =>
      new Promise<LogQuestions[K]['answer']>((resolve, reject) => {
        const { port1, port2 } = new MessageChannel();
        waiting.add(reject);
        port1.onmessage = ({ data }: MessageEvent<Answered<LogQuestions[K]['answer']>>) => {
          waiting.delete(reject);
          port1.close();
          if ('answer' in data) resolve(data.answer);
          else reject(new Error(data.error));
        };
        worker.postMessage({ ask, question }, [port2]);
      }),
    close() {
      worker.terminate();
      waiting.clear();
    },
  };
}
