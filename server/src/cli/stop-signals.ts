import process from 'node:process';

/**
 * npm, the shell and the start script each forward Ctrl-C. A signal that arrives this soon after another is such an
 * echo and not a second key press.
 */
const ECHO_MS = 400;
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof CODES;

export interface StopSignals {
  /** Aborts on the first signal. */
  readonly signal: AbortSignal;
  readonly asked: Promise<void>;
  /** The exit code that shells expect from a process ended by this signal. */
  exitCode(): number;
  /** While `work` is running, Ctrl-C ends only the work; the next Ctrl-C applies to the process again. */
  skippable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** Listens for the signals that end the process. @param hurry called on a second signal */
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
