/** Watches the runs of a logdir for alerts. */
import { type Alert, AlertWatch } from '@convscope/shared/alerts.js';
import type { Logdir } from '../../logdir/logdir.js';

const LOOK_MS = 5_000;

export interface WatchOptions {
  readonly logdir: Pick<Logdir, 'runs'>;
  readonly arisen: (alert: Alert) => void;
  /** Seconds since the epoch. */
  readonly now?: (() => number) | undefined;
  readonly lookEveryMs?: number | undefined;
}

/** @returns the function that ends it */
export function watchRuns({ logdir, arisen, now, lookEveryMs = LOOK_MS }: WatchOptions): () => void {
  const watch = new AlertWatch();
  const look = (): void => {
    const summaries = [...logdir.runs.values()].map((run) => run.summary());
    for (const alert of watch.update(summaries, now?.() ?? Date.now() / 1000)) arisen(alert);
  };
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  look();
  return () => clearInterval(timer);
}
