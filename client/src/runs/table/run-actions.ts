/** Does to runs what the user asks, and says what became of it. */
import { messageOf } from '@convscope/shared/message-of.js';
import type { RunAction, RunActionResult } from '@convscope/shared/protocol/run-actions.js';
import type { Source } from '../../sources/source.js';
import { plural } from '../../ui/format.js';
import { createStore } from '../../ui/store.js';

export interface Said {
  readonly sentence: string;
  readonly isBad: boolean;
  /** Deleted runs that can be restored. */
  readonly deleted?: readonly string[];
}

export class RunActions {
  readonly said = createStore<Said | undefined>(undefined);
  /** Runs that are being written, whose deletion must be confirmed once more. */
  readonly live = createStore<readonly string[]>([]);
  readonly #source: Pick<Source, 'act'>;

  constructor(source: Pick<Source, 'act'>) {
    this.#source = source;
  }

  annotate(
    runs: readonly string[],
    change: { readonly label?: string | null; readonly note?: string | null; readonly archived?: boolean },
  ): Promise<void> {
    return this.#do({ action: 'annotate', runs: [...runs], ...change }, () => undefined);
  }

  delete(runs: readonly string[], evenIfLive = false): Promise<void> {
    return this.#do({ action: 'delete', runs: [...runs], evenIfLive }, (results) => {
      const deleted = results.flatMap((result) => result.deleted ?? []);
      this.live.set(results.filter(({ outcome }) => outcome === 'live').map(({ run }) => run));
      if (deleted.length === 0) return undefined;
      return { sentence: `${plural(deleted.length, 'run')} moved to the trash.`, isBad: false, deleted };
    });
  }

  restore(deleted: readonly string[]): Promise<void> {
    return this.#do({ action: 'restore', deleted: [...deleted] }, (results) => {
      const done = results.filter(({ outcome }) => outcome === 'done').length;
      return { sentence: `${plural(done, 'run')} restored.`, isBad: false };
    });
  }

  async #do(
    action: RunAction,
    say: (results: readonly RunActionResult[]) => Said | undefined,
  ): Promise<void> {
    try {
      const { results } = await this.#source.act(action, new AbortController().signal);
      const said = say(results);
      const failed = results.filter(({ outcome }) => outcome === 'failed');
      const [first] = failed;
      if (first === undefined) this.said.set(said);
      else {
        const others = failed.length > 1 ? ` And ${failed.length - 1} more.` : '';
        const deleted = said?.deleted;
        this.said.set({
          sentence: `${first.reason ?? 'The hub did not say why it failed.'}${others}`,
          isBad: true,
          ...(deleted === undefined ? {} : { deleted }),
        });
      }
    } catch (error) {
      this.said.set({ sentence: messageOf(error), isBad: true });
    }
  }
}
