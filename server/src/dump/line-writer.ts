import type { Writable } from 'node:stream';

/**
 * Writes lines to a stream (stdout, say) at the stream's own pace: a line's promise is kept when the stream can take
 * more. It rejects with the stream's error, such as EPIPE when the program behind a pipe has ended.
 */
export function createLineWriter(stream: Writable): (line: string) => Promise<void> {
  let failure: Error | undefined;
  let waiting: ((error?: Error) => void) | undefined;
  const settle = (error?: Error): void => {
    failure ??= error;
    waiting?.(error);
    waiting = undefined;
  };
  // A handler, so that EPIPE does not end the process with a stack trace.
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
