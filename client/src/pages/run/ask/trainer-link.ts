/** The process that trains the shown run: what is known of it, and what it is asked. */
import type { ControlRequest, TrainerReport } from '@convscope/shared/protocol/control.js';
import { createContext, useContext } from 'react';
import type { Trainers } from '../../../sources/source.js';
import { createStore, type Store } from '../../../ui/store.js';
import type { RunPageState } from '../state/run-page-state.js';

export interface Said {
  readonly sentence: string;
  readonly isBad: boolean;
}

export interface TrainerLink {
  /** Undefined until the hub has answered. */
  readonly report: Store<TrainerReport | undefined>;
  /** What became of the last request; undefined before the first, and of another run. */
  readonly said: Store<Said | undefined>;
  /** Requests that have not been answered. */
  readonly waiting: Store<number>;
  readonly isOpen: Store<boolean>;
  /** What became of it. */
  ask(request: ControlRequest): Promise<Said>;
}

const NO_HUB = 'This run was opened without a hub, so there is no process to ask.';

export function createTrainerLink({ run, runs }: Pick<RunPageState, 'run' | 'runs'>): TrainerLink {
  const { source } = runs;
  const trainers: Trainers | undefined = source.trainers;
  const report = createStore<TrainerReport | undefined>(undefined);
  const said = createStore<Said | undefined>(undefined);
  const waiting = createStore(0);
  let followed: string | undefined;

  const follow = (): void => {
    const next = run.get()?.run;
    if (next === followed) return;
    followed = next;
    said.set(undefined);
    report.set(next !== undefined && trainers === undefined ? { run: next, reason: NO_HUB } : undefined);
    trainers?.follow(next ?? null);
  };
  run.subscribe(follow);
  follow();
  source.listen({
    trainer: (next) => {
      if (next.run === followed) report.set(next);
    },
  });

  return {
    report,
    said,
    waiting,
    isOpen: createStore(false),
    async ask(request) {
      const asked = followed;
      if (asked === undefined || trainers === undefined) {
        const refused = { sentence: asked === undefined ? 'No run is shown.' : NO_HUB, isBad: true };
        said.set(refused);
        return refused;
      }
      waiting.set(waiting.get() + 1);
      const answer = await trainers.ask(asked, request);
      waiting.set(waiting.get() - 1);
      const became = { sentence: answer.ok ? answer.sentence : answer.error, isBad: !answer.ok };
      if (asked === followed) said.set(became);
      return became;
    },
  };
}

export const TrainerContext = createContext<TrainerLink | undefined>(undefined);

export function useTrainer(): TrainerLink {
  const link = useContext(TrainerContext);
  if (link === undefined) throw new Error('This component stands outside of TrainerContext.');
  return link;
}
