import type { Writable } from 'node:stream';

/**
 * Writes lines to a stream such as stdout with backpressure: the promise of a line resolves when the stream can take
 * more, and rejects with the stream's error, such as EPIPE after the program behind a pipe has ended.
 */
export function createLineWriter(stream: Writable): (line: string) => Promise<void> {
  let failure: Error | undefined;
  let waiting: ((error?: Error) => void) | undefined;
  const settle = (error?: Error): void => {
    failure ??= error;
    waiting?.(error);
    waiting = undefined;
  };
  // Without a handler, EPIPE would end the process with a stack trace.
  stream.on('error', settle);
  stream.on('close', () => settle(Object.assign(new Error('The output was closed.'), { code: 'EPIPE' })));
  stream.on('drain', () => settle());
  return (line) => {
    if (failure !== undefined) return Promise.reject(failure);
    if (stream.write(`${line}\n`)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      waiting = (error) => (error === undefined ? resolve() : reject(error));
    });
  };
}
