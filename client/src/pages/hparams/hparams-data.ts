/** What the hub says of hyperparameters and metrics, asked for anew when the runs have changed. */
import { messageOf } from '@convscope/shared/message-of.js';
import type { HparamsAnswer } from '@convscope/shared/protocol/hparams.js';
import type { SeriesSummary } from '@convscope/shared/protocol/summaries.js';
import type { Runs } from '../../runs/runs.js';
import { createStore } from '../../ui/store.js';
import { declaredMetrics, type Summaries } from './columns.js';

/** Between two requests: a sweep may log many times a second. */
const PAUSE_MS = 1_000;

export interface Facts {
  readonly answer: HparamsAnswer;
  /** Summaries of the metrics that were asked for. */
  readonly summaries: Summaries;
  /** The scalars that any run logs, in alphabetical order. */
  readonly scalars: readonly string[];
  /** Whether the logs of all runs had been read to their ends when the hub was asked. */
  readonly isWhole: boolean;
}

export class HparamsData {
  /** Undefined until the hub has answered. */
  readonly facts = createStore<Facts | undefined>(undefined);
  /** Why the last request failed. It is made again when the runs change, or the connection is back. */
  readonly error = createStore<string | undefined>(undefined);
  readonly #runs: Runs;
  /** Tags that the user has chosen; undefined for those that the log declares. */
  #chosen: readonly string[] | undefined;
  #users = 0;
  #asked = '';
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(runs: Runs) {
    this.#runs = runs;
  }

  /** Follows the runs until the returned function is called. */
  follow(): () => void {
    if (this.#users++ === 0) {
      const stopList = this.#runs.list.subscribe(() => this.#schedule(PAUSE_MS));
      const stopConnection = this.#runs.connection.subscribe(() => this.#schedule(0));
      this.#unsubscribe = () => {
        stopList();
        stopConnection();
      };
      this.#schedule(0);
    }
    return () => {
      if (--this.#users > 0) return;
      this.#unsubscribe?.();
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  /** The metrics that are wanted. */
  want(tags: readonly string[] | undefined): void {
    if (this.#chosen?.join('\n') === tags?.join('\n')) return;
    this.#chosen = tags;
    this.#asked = '';
    this.#schedule(0);
  }

  #schedule(wait: number): void {
    if (this.#users === 0 || this.#abort !== undefined) return;
    if (wait > 0 && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#ask();
    }, wait);
  }

  async #ask(): Promise<void> {
    const { source, list, connection } = this.#runs;
    const runs = list.get()?.runs;
    if (runs === undefined || connection.get().status !== 'connected') return;
    const state = runs.map((run) => `${run.run} ${run.generation} ${run.bytes} ${run.readToEnd}`).join('\n');
    if (state === this.#asked) return;
    const chosen = this.#chosen;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const [answer, listing] = await Promise.all([
        source.hparams(abort.signal),
        source.listing(abort.signal),
      ]);
      const scalars = listing.tags.filter(({ kind }) => kind === 'scalar').map(({ tag }) => tag);
      const known = [...new Set(scalars)].sort((a, b) => (a < b ? -1 : 1));
      const wanted = metricTags(
        answer,
        chosen,
        runs.map(({ lossTag }) => lossTag),
      ).filter((tag) => known.includes(tag));
      const summaries =
        wanted.length === 0 ? undefined : await source.summaries({ tags: wanted }, abort.signal);
      const byTag = new Map(wanted.map((tag) => [tag, new Map<string, SeriesSummary>()]));
      for (const summary of summaries?.summaries ?? []) {
        const [run, tag] = [summaries?.runs[summary.run]?.run, summaries?.tags[summary.tag]];
        if (run !== undefined && tag !== undefined) byTag.get(tag)?.set(run, summary);
      }
      this.#asked = chosen === this.#chosen ? state : '';
      this.error.set(undefined);
      const isWhole = runs.every(({ readToEnd }) => readToEnd);
      this.facts.set({ answer, summaries: byTag, scalars: known, isWhole });
    } catch (error) {
      this.error.set(messageOf(error));
    } finally {
      this.#abort = undefined;
      // The runs, or what is wanted, may have changed meanwhile.
      this.#schedule(PAUSE_MS);
    }
  }
}

/** The tags of the metrics: those that were chosen, else those that the experiments declare, else the losses. */
export function metricTags(
  answer: HparamsAnswer,
  chosen: readonly string[] | undefined,
  losses: readonly (string | undefined)[],
): readonly string[] {
  if (chosen !== undefined) return chosen;
  const declared = declaredMetrics(answer).map(({ tag }) => tag);
  const tags = declared.length > 0 ? declared : losses.filter((tag) => tag !== undefined);
  return [...new Set(tags)];
}
