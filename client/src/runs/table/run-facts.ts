/** What the run table shows beside the list of runs: values of scalars, whole configurations and the tags that there are. */
import type { HparamsRun } from '@convscope/shared/protocol/hparams.js';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { SeriesSummary } from '@convscope/shared/protocol/summaries.js';
import type { RunConfig } from '@convscope/shared/run-description.js';
import type { Source } from '../../sources/source.js';
import { createStore } from '../../ui/store.js';

/** Between two requests, since a training process may run on the same machine. */
const PAUSE_MS = 1_000;

/** The summaries of one scalar, by run. */
export type SummariesByRun = ReadonlyMap<string, SeriesSummary>;

export class RunFacts {
  /** By tag, of the tags that are wanted. */
  readonly summaries = createStore<ReadonlyMap<string, SummariesByRun>>(new Map());
  /** Configurations by run, of the runs whose entry in the list has only a part of theirs. */
  readonly configs = createStore<ReadonlyMap<string, RunConfig>>(new Map());
  /** The scalars that any run logs, in alphabetical order; undefined until they are known. */
  readonly tags = createStore<readonly string[] | undefined>(undefined);
  readonly #source: Source;
  readonly #wanted = new Map<string, readonly string[]>();
  #wantsTags = false;
  /** What was asked for of each run: the state of its log then, and the tags. */
  readonly #asked = new Map<string, { readonly state: string; readonly tags: ReadonlySet<string> }>();
  #askedConfigs = '';
  #askedTags = '';
  #runs: readonly RunSummary[] = [];
  #isBusy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastAsked = Number.NEGATIVE_INFINITY;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Sets of which scalars `owner` wants the summaries, in place of those that it wanted before. */
  want(owner: string, tags: readonly string[]): void {
    if ((this.#wanted.get(owner) ?? []).join('\n') === tags.join('\n')) return;
    this.#wanted.set(owner, tags);
    this.#schedule();
  }

  /** Asks which scalars there are, and again when other runs are listed. Call it whenever they are about to be shown. */
  wantTags(): void {
    this.#wantsTags = true;
    // Runs that were listed before may have begun to log more of them.
    this.#askedTags = '';
    this.#schedule();
  }

  listed(runs: readonly RunSummary[]): void {
    this.#runs = runs;
    this.#schedule();
  }

  /** What was missed while the hub was away is asked for again. */
  reconnected(): void {
    this.#asked.clear();
    this.#askedConfigs = '';
    this.#askedTags = '';
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isBusy || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#lastAsked + PAUSE_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#ask();
    }, wait);
  }

  async #ask(): Promise<void> {
    const jobs = [this.#askSummaries(), this.#askConfigs(), this.#askTags()].filter(
      (job) => job !== undefined,
    );
    if (jobs.length === 0) return;
    this.#isBusy = true;
    this.#lastAsked = performance.now();
    const results = await Promise.allSettled(jobs);
    this.#isBusy = false;
    this.#forgetGone();
    for (const result of results)
      if (result.status === 'rejected')
        console.warn('What the run table shows could not be asked for:', result.reason);
    // What changed meanwhile. After a failure, the next change of the list asks again.
    if (results.every(({ status }) => status === 'fulfilled')) this.#schedule();
  }

  #askSummaries(): Promise<void> | undefined {
    const tags = [...new Set([...this.#wanted.values()].flat())];
    const known = this.summaries.get();
    if (tags.length === 0) {
      if (known.size > 0) this.summaries.set(new Map());
      return undefined;
    }
    const stale = this.#runs.filter((run) => {
      const asked = this.#asked.get(run.run);
      return asked?.state !== stateOf(run) || tags.some((tag) => !asked.tags.has(tag));
    });
    if (stale.length === 0) return undefined;
    const before = new Map(stale.map(({ run }) => [run, this.#asked.get(run)]));
    for (const run of stale) this.#asked.set(run.run, { state: stateOf(run), tags: new Set(tags) });
    const runs = stale.length === this.#runs.length ? {} : { runs: stale.map(({ run }) => run) };
    return this.#source.summaries({ ...runs, tags }, new AbortController().signal).then(
      (answer) => {
        const next = new Map(tags.map((tag) => [tag, new Map(known.get(tag))]));
        for (const { run } of stale) for (const tag of tags) next.get(tag)?.delete(run);
        for (const summary of answer.summaries) {
          const [run, tag] = [answer.runs[summary.run]?.run, answer.tags[summary.tag]];
          if (run !== undefined && tag !== undefined) next.get(tag)?.set(run, summary);
        }
        this.summaries.set(next);
      },
      (error: unknown) => {
        for (const [run, asked] of before) {
          if (asked === undefined) this.#asked.delete(run);
          else this.#asked.set(run, asked);
        }
        throw error;
      },
    );
  }

  #askConfigs(): Promise<void> | undefined {
    const cut = this.#runs.filter(({ configOmitted = 0 }) => configOmitted > 0);
    if (cut.length === 0) return undefined;
    const state = cut.map((run) => `${run.run} ${run.generation} ${run.configOmitted}`).join('\n');
    if (state === this.#askedConfigs) return undefined;
    const before = this.#askedConfigs;
    this.#askedConfigs = state;
    return this.#source.hparams(new AbortController().signal).then(
      ({ runs }) => {
        const isCut = new Set(cut.map(({ run }) => run));
        const whole = runs.filter(({ run }: HparamsRun) => isCut.has(run));
        this.configs.set(new Map(whole.map(({ run, values }) => [run, values])));
      },
      (error: unknown) => {
        this.#askedConfigs = before;
        throw error;
      },
    );
  }

  #askTags(): Promise<void> | undefined {
    if (!this.#wantsTags) return undefined;
    const state = this.#runs.map((run) => `${run.run} ${run.generation} ${run.readToEnd}`).join('\n');
    if (state === this.#askedTags) return undefined;
    const before = this.#askedTags;
    this.#askedTags = state;
    return this.#source.listing(new AbortController().signal).then(
      ({ tags }) => {
        const scalars = tags.filter(({ kind }) => kind === 'scalar').map(({ tag }) => tag);
        this.tags.set([...new Set(scalars)].sort((a, b) => (a < b ? -1 : 1)));
      },
      (error: unknown) => {
        this.#askedTags = before;
        throw error;
      },
    );
  }

  #forgetGone(): void {
    const there = new Set(this.#runs.map(({ run }) => run));
    for (const run of this.#asked.keys()) if (!there.has(run)) this.#asked.delete(run);
  }
}

function stateOf({ generation, bytes, readToEnd, lastStep }: RunSummary): string {
  return `${generation} ${bytes} ${readToEnd} ${lastStep}`;
}
