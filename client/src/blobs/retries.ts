/** Asking the hub again for what it could not give. */
import { DecoderStoppedError } from '../decode/decoder.js';
import { GenerationChangedError, TryAgainError } from '../sources/source.js';

const FIRST_WAIT_MS = 500;
/** With waits of 0.5, 1, 2 and 4 seconds between them. */
const MOST_TRIES = 5;

/** Whether another try may succeed: the hub is overloaded, out of reach, or has just replaced the files; the worker has stopped. */
export function mayPass(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof TryAgainError ||
    error instanceof GenerationChangedError ||
    error instanceof DecoderStoppedError
  );
}

/** How long to wait after this many failures, in milliseconds; undefined to give up. */
export function waitAfter(failures: number): number | undefined {
  return failures < MOST_TRIES ? FIRST_WAIT_MS * 2 ** (failures - 1) : undefined;
}

/** Asks until there is an answer, or an error that will stay, or that has stayed for all tries. @throws that error */
export async function withRetries<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await ask();
    } catch (error) {
      const wait = mayPass(error) ? waitAfter(failures) : undefined;
      if (wait === undefined || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
      if (signal.aborted) throw error;
    }
  }
}
