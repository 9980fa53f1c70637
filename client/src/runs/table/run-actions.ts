/** Does to runs what the user asks, and says what became of it. */
import { messageOf } from '@convscope/shared/message-of.js';
import type { DeletedRun, RunAction, RunActionResult } from '@convscope/shared/protocol/run-actions.js';
import type { RunList, Source } from '../../sources/source.js';
import { plural } from '../../ui/format.js';
import { createStore, type Store } from '../../ui/store.js';
import { DeletedRuns } from './deleted-runs.js';
import { type AnnotationChange, SavedAnnotations } from './saved-annotations.js';

export interface Said {
  readonly sentence: string;
  readonly isBad: boolean;
  /** Takes back what was done. */
  readonly undo?: (() => void) | undefined;
}

type Hub = Pick<Source, 'act' | 'control' | 'trash'>;

export class RunActions {
  readonly said = createStore<Said | undefined>(undefined);
  /** Runs that are being written, whose deletion must be confirmed once more. */
  readonly live = createStore<readonly string[]>([]);
  /** Why this page may not change runs; undefined if it may, and until the hub has said so. */
  readonly forbidden = createStore<string | undefined>(undefined);
  /** The runs that can be restored; undefined until they have been asked for. */
  readonly deleted = createStore<readonly DeletedRun[] | undefined>(undefined);
  /** Why the runs that can be restored are not known. */
  readonly deletedProblem = createStore<string | undefined>(undefined);
  readonly #source: Hub;
  readonly #list: Pick<Store<RunList | undefined>, 'get' | 'set'>;
  readonly #saved = new SavedAnnotations();
  readonly #gone = new DeletedRuns();
  /** The hub's list, as it came last. */
  #told: RunList | undefined;

  /** @param list what is shown, into which goes what was saved */
  constructor(source: Hub, list: Pick<Store<RunList | undefined>, 'get' | 'set'>) {
    this.#source = source;
    this.#list = list;
  }

  /** The hub's list with what was done after it was made: labels and notes that were saved, runs that were deleted. */
  withDone(told: RunList): RunList {
    this.#told = told;
    return this.#gone.shownIn(this.#saved.shownIn(told));
  }

  /** Asks the hub whether this page may change runs. */
  async askControl(): Promise<void> {
    try {
      const { readOnly, readOnlyReason } = await this.#source.control(new AbortController().signal);
      this.forbidden.set(readOnly ? (readOnlyReason ?? 'This hub changes nothing.') : undefined);
    } catch {
      // A hub that cannot be asked answers the action itself with a sentence.
      this.forbidden.set(undefined);
    }
  }

  async listDeleted(): Promise<void> {
    try {
      this.deleted.set((await this.#source.trash(new AbortController().signal)).runs);
      this.deletedProblem.set(undefined);
    } catch (error) {
      this.deletedProblem.set(messageOf(error));
    }
  }

  /** @returns whether the hub has taken it for all runs */
  annotate(runs: readonly string[], change: AnnotationChange): Promise<boolean> {
    return this.#do({ action: 'annotate', runs: [...runs], ...change }, (results) => {
      const done = namesOf(results);
      this.#saved.save(done, change, this.#list.get());
      this.#show();
      if (change.archived !== true || done.length === 0) return undefined;
      return {
        sentence: `${plural(done.length, 'run')} archived.`,
        isBad: false,
        undo: () => void this.annotate(done, { archived: false }),
      };
    });
  }

  delete(runs: readonly string[], evenIfLive = false): Promise<boolean> {
    return this.#do({ action: 'delete', runs: [...runs], evenIfLive }, (results) => {
      const deleted = results.flatMap((result) => result.deleted ?? []);
      this.live.set(results.filter(({ outcome }) => outcome === 'live').map(({ run }) => run));
      this.#gone.delete(namesOf(results), this.#told);
      this.#show();
      if (deleted.length === 0) return undefined;
      return {
        sentence: `${plural(deleted.length, 'run')} moved to the trash.`,
        isBad: false,
        undo: () => void this.restore(deleted),
      };
    });
  }

  restore(deleted: readonly string[]): Promise<boolean> {
    return this.#do({ action: 'restore', deleted: [...deleted] }, (results) => {
      const done = namesOf(results);
      this.#gone.restore(done);
      this.#show();
      return { sentence: `${plural(done.length, 'run')} restored.`, isBad: false };
    });
  }

  #show(): void {
    if (this.#told !== undefined) this.#list.set(this.withDone(this.#told));
  }

  async #do(
    action: RunAction,
    say: (results: readonly RunActionResult[]) => Said | undefined,
  ): Promise<boolean> {
    let isDone = false;
    try {
      const { results } = await this.#source.act(action, new AbortController().signal);
      const said = say(results);
      const failed = results.filter(({ outcome }) => outcome === 'failed');
      const [first] = failed;
      isDone = first === undefined;
      if (first === undefined) this.said.set(said);
      else {
        const others = failed.length > 1 ? ` And ${failed.length - 1} more.` : '';
        const sentence = `${first.reason ?? 'The hub did not say why it failed.'}${others}`;
        this.said.set({ sentence, isBad: true, undo: said?.undo });
      }
    } catch (error) {
      this.said.set({ sentence: messageOf(error), isBad: true });
      await this.askControl();
    }
    if (this.deleted.get() !== undefined) await this.listDeleted();
    return isDone;
  }
}

/** The runs to which it was done. */
function namesOf(results: readonly RunActionResult[]): string[] {
  return results.filter(({ outcome }) => outcome === 'done').map(({ run }) => run);
}
