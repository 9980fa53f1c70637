/** The processes that can be asked, by the run that they write. */

import type { Run } from '@convscope/shared/log-index/run.js';
import type {
  ControlAnswer,
  PassedRequest,
  TrainerReport,
  TrainerState,
} from '@convscope/shared/protocol/control.js';
import { RUN_START_TAG } from '@convscope/shared/run-record.js';
import type { Logdir } from '../../logdir/logdir.js';

/** One process on its socket. */
export interface TrainerLink {
  /** @throws Error when the process is gone, or does not answer in time */
  ask(request: PassedRequest): Promise<ControlAnswer>;
}

export interface Trainers {
  /** The process behind `link`, which writes `run`, can be asked, and `state` holds there. */
  announce(run: string, runUid: string, link: TrainerLink, state: TrainerState): void;
  /** The connection has ended, or the file of the run was closed. */
  gone(link: TrainerLink, runUid?: string): void;
  report(run: string): TrainerReport;
  ask(run: string, by: string, request: PassedRequest['request']): Promise<ControlAnswer>;
  /** @returns the function that ends it */
  listen(changed: (run: string) => void): () => void;
}

interface Trainer {
  readonly runUid: string;
  readonly link: TrainerLink;
  readonly state: TrainerState;
}

function isEmpty(run: Run): boolean {
  const [column] = run.columns();
  return column === undefined;
}

export function createTrainers(logdir: Pick<Logdir, 'runs' | 'name'>): Trainers {
  const trainers = new Map<string, Trainer>();
  const listeners = new Set<(run: string) => void>();
  const tell = (run: string) => {
    for (const listener of listeners) listener(run);
  };

  /** Why nobody can be asked. */
  function reasonFor(id: string): string {
    const run = logdir.runs.get(id);
    if (run === undefined) return `There is no such run in ${logdir.name}.`;
    const state = run.state();
    switch (state) {
      case 'completed':
      case 'interrupted':
      case 'failed':
        return `This run has ended (${state}), so there is no process to ask.`;
      case 'lost':
        return 'The process that trained this run is gone. What it logged is here, but nothing can be asked of it any more.';
      default:
        if (run.column(RUN_START_TAG, 'run-start') !== null)
          return 'The process that trains this run is not connected to this hub.';
        // A process of ours opens its file before it has loaded what it trains with.
        if (isEmpty(run))
          return 'The log of this run holds nothing yet, so it is not known whether the process that writes it takes requests.';
        return 'This log is written by another program, which takes no requests. Runs of `convscope train` do.';
    }
  }

  return {
    announce(run, runUid, link, state) {
      trainers.set(run, { runUid, link, state });
      tell(run);
    },
    gone(link, runUid) {
      for (const [run, trainer] of trainers) {
        if (trainer.link !== link || (runUid !== undefined && trainer.runUid !== runUid)) continue;
        trainers.delete(run);
        tell(run);
      }
    },
    report(run) {
      const trainer = trainers.get(run);
      return trainer === undefined ? { run, reason: reasonFor(run) } : { run, state: trainer.state };
    },
    async ask(run, by, request) {
      const trainer = trainers.get(run);
      if (trainer === undefined) return { ok: false, error: reasonFor(run) };
      try {
        return await trainer.link.ask({ runUid: trainer.runUid, by, request });
      } catch {
        if (trainers.get(run)?.link === trainer.link) {
          const error =
            'The process has not answered yet. It may be evaluating the test set, and does what was asked after that.';
          return { ok: false, error };
        }
        return { ok: false, error: `The process ended before it answered. ${reasonFor(run)}` };
      }
    },
    listen(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}
