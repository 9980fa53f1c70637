import process from 'node:process';

/**
 * npm, the shell and the start script each pass Ctrl-C on: what comes this soon after the first is its echo, not
 * somebody who has lost patience.
 */
const ECHO_MS = 400;
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof CODES;

export interface StopSignals {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  readonly asked: Promise<void>;
  /** What a shell expects of a process that the signal has ended. */
  exitCode(): number;
  /** While `work` goes on, Ctrl-C ends only that; the next one is again for everything. */
  skippable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Listens for the signals that end us. @param hurry what to do at once when a second one comes. */
export function listenForStop(hurry: () => void, now: () => number = () => performance.now()): StopSignals {
  const stop = new AbortController();
  let skip: AbortController | undefined;
  let first: StopSignal | undefined;
  let heardAt = Number.NEGATIVE_INFINITY;

  function hear(name: StopSignal): void {
    const echo = now() - heardAt <= ECHO_MS;
    if (echo) return;
    heardAt = now();
    if (name === 'SIGINT' && skip !== undefined && !skip.signal.aborted)
      skip.abort(new Error('It was interrupted.'));
    else if (first === undefined) {
      first = name;
      const reason = new Error(`Ended by ${name}.`);
      skip?.abort(reason);
      stop.abort(reason);
    } else hurry();
  }
  for (const name of Object.keys(CODES) as StopSignal[]) process.on(name, () => hear(name));

  return {
    signal: stop.signal,
    asked: new Promise((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true })),
    exitCode: () => CODES[first ?? 'SIGINT'],
    async skippable(work) {
      skip = new AbortController();
      if (stop.signal.aborted) skip.abort(stop.signal.reason);
      try {
        return await work(skip.signal);
      } finally {
        skip = undefined;
      }
    },
  };
}
