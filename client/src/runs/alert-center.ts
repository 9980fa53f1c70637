/** The alerts of all runs: those that hold, and those that have arisen while the page was open. */
import { type Alert, AlertWatch, alertsOf } from '@convscope/shared/alerts.js';
import type { RunList } from '../sources/source.js';
import { createKeptPreferences } from '../ui/kept-preferences.js';
import { createStore, type Store } from '../ui/store.js';
import { notify } from './desktop-notices.js';

/** How often time alone may make an alert arise. */
const LOOK_MS = 5_000;
/** Older ones are forgotten. */
const MOST = 100;

export interface AlertCenter {
  /** What holds now, apart from runs that have ended, and from logs of other programs that were silent before. */
  readonly holding: Store<readonly Alert[]>;
  /** What has arisen, newest first. */
  readonly arisen: Store<readonly Alert[]>;
  /** Whether the user wants alerts on the desktop too. The browser has the last word. */
  readonly isNotifying: Store<boolean>;
  /** Follows the runs until the returned function is called. */
  follow(): () => void;
}

/** @param say shows a sentence on the page */
export function createAlertCenter(
  list: Pick<Store<RunList | undefined>, 'get' | 'subscribe'>,
  say: (sentence: string) => void,
): AlertCenter {
  const holding = createStore<readonly Alert[]>([]);
  const arisen = createStore<readonly Alert[]>([]);
  const isNotifying = createKeptPreferences<boolean>(
    {
      name: 'notices',
      initial: false,
      parse: (stored) => (typeof stored === 'boolean' ? stored : undefined),
    },
    list,
  );
  const watch = new AlertWatch();
  /** Runs that have fallen silent while the page was open. */
  const fellSilent = new Set<string>();
  const look = (): void => {
    const runs = list.get()?.runs;
    if (runs === undefined) return;
    const now = Date.now() / 1000;
    const news = watch.update(runs, now);
    for (const { kind, run } of news) if (kind === 'no-progress') fellSilent.add(run);
    const current = runs.flatMap((run) =>
      alertsOf(run, now).filter(
        // Logs of other programs do not say that they have ended: of all that are silent, only the news are worth a place.
        ({ kind }) =>
          kind !== 'finished' &&
          !(kind === 'no-progress' && run.state === 'idle' && !fellSilent.has(run.run)),
      ),
    );
    const textOf = ({ run, kind, sentence }: Alert) => `${kind} ${run} ${sentence}`;
    if (current.map(textOf).join('\n') !== holding.get().map(textOf).join('\n')) holding.set(current);
    if (news.length === 0) return;
    arisen.set([...news.toReversed(), ...arisen.get()].slice(0, MOST));
    for (const alert of news.slice(-3)) {
      say(alert.sentence);
      if (isNotifying.get()) notify(alert);
    }
  };
  return {
    holding,
    arisen,
    isNotifying,
    follow() {
      look();
      const stop = list.subscribe(look);
      const timer = setInterval(look, LOOK_MS);
      return () => {
        stop();
        clearInterval(timer);
      };
    },
  };
}
