/** Does to runs what the user asks: labels, notes, archiving, deleting, restoring. */
import { messageOf } from '@convscope/shared/message-of.js';
import type { DeletedRun, RunAction, RunActionResult } from '@convscope/shared/protocol/run-actions.js';
import type { FollowedLogdir } from '../../logdir/logdir.js';
import type { LogStorage } from '../../storage/storage.js';
import { createAnnotations } from './annotations.js';
import { createTrash, type Trash } from './trash.js';

export interface RunCare {
  do(action: RunAction): Promise<RunActionResult[]>;
  deleted(): Promise<DeletedRun[]>;
  /** See `Trash`. */
  readonly findDeleted: Trash['find'];
  close(): Promise<void>;
}

export function createRunCare(options: {
  readonly storage: LogStorage;
  /** Moves an event file, as whoever writes it for a sender does. */
  readonly moveFile: LogStorage['moveFile'];
  readonly logdir: FollowedLogdir;
  readonly log: (sentence: string) => void;
  readonly lookEveryMs?: number | undefined;
}): RunCare {
  const { storage, moveFile, logdir, log, lookEveryMs } = options;
  const annotations = createAnnotations({
    storage,
    log,
    lookEveryMs,
    changed: (all) => logdir.annotate(all),
  });
  const trash = createTrash(storage, moveFile);
  /** One deletion at a time, so that two of the same run do not share its files. */
  let turn: Promise<unknown> = Promise.resolve();

  const unknown = (run: string): RunActionResult => ({
    run,
    outcome: 'failed',
    reason: `There is no run ${run} in ${logdir.name}.`,
  });

  async function annotate(action: RunAction & { action: 'annotate' }): Promise<RunActionResult[]> {
    const known = action.runs.filter((run) => logdir.runs.has(run));
    let failed: string | undefined;
    try {
      if (known.length > 0) await annotations.change(known, action);
    } catch (error) {
      failed = `What is said of the run was not kept: ${messageOf(error)}`;
    }
    return action.runs.map((run) => {
      if (!logdir.runs.has(run)) return unknown(run);
      return failed === undefined ? { run, outcome: 'done' } : { run, outcome: 'failed', reason: failed };
    });
  }

  async function deleteRun(run: string, evenIfLive: boolean): Promise<RunActionResult> {
    const known = logdir.runs.get(run);
    if (known === undefined) return unknown(run);
    if (known.state() === 'live' && !evenIfLive) {
      const reason = `${run} is being written: a process that writes it may fail, or go on in the trash.`;
      return { run, outcome: 'live', reason };
    }
    return trash.delete(run);
  }

  const one = async (work: () => Promise<RunActionResult>): Promise<RunActionResult> => {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  };

  return {
    async do(action) {
      if (action.action === 'annotate') return annotate(action);
      const results: RunActionResult[] = [];
      if (action.action === 'delete') {
        for (const run of new Set(action.runs))
          results.push(await one(() => deleteRun(run, action.evenIfLive === true)));
      } else {
        for (const id of new Set(action.deleted)) results.push(await one(() => trash.restore(id)));
      }
      return results;
    },
    deleted: () => trash.list(),
    findDeleted: (name, isWanted) => trash.find(name, isWanted),
    async close() {
      await turn;
      await annotations.close();
    },
  };
}
