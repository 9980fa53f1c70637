/**
 * The scalars that the page shows, of all runs. What is wanted at the same time is asked for in few requests, and what is
 * asked for is what can be seen: whole series while they are short, else columns of pixels.
 */
import type {
  FoundValue,
  Series as SentSeries,
  SeriesAnswer,
  ValuesAnswer,
} from '@convscope/shared/protocol/series.js';
import { type ScalarRows, Series, type SeriesName } from '../series/series.js';
import { branchesLeftOut, takeSeries, takeValue } from './series-answers.js';
import {
  grouped,
  type Job,
  type JobGroup,
  jobsOf,
  keyOf,
  seriesRequestOf,
  valuesRequestOf,
} from './series-jobs.js';
import { GenerationChangedError, type Source } from './source.js';

/** How long the window must rest before the part that it shows is fetched. */
const LOOK_MS = 80;
const REPLACED = 'The files of the run were replaced.';
const NOT_GIVEN = 'The hub has not given it.';

export interface SeriesStoreOptions {
  readonly source: Source;
  /** Called when something of these runs has come. */
  readonly changed: (runs: ReadonlySet<string>) => void;
  /** Called when values have come that somebody reads. */
  readonly read: () => void;
  /** Called when a request about this run has failed. What was asked for is asked for again after `expect`. */
  readonly failed: (run: string, error: unknown) => void;
}

export class SeriesStore {
  readonly #options: SeriesStoreOptions;
  /** By run and tag. */
  readonly #open = new Map<string, Map<string, Series>>();
  readonly #asking = new Set<Series>();
  /** The jobs of each series that wait for an answer. */
  readonly #inFlight = new WeakMap<Series, Set<string>>();
  /** How many they are. */
  #waiting = 0;
  readonly #abort = new AbortController();
  /** Fulfilled when what others wait for has come. */
  #first: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SeriesStoreOptions) {
    this.#options = options;
  }

  /** The series of a run and tag. Nothing is fetched of it until `expect` has said that it has rows. */
  open(name: SeriesName): Series {
    const tags = this.#open.get(name.run) ?? new Map<string, Series>();
    this.#open.set(name.run, tags);
    let series = tags.get(name.tag);
    if (series === undefined || series.name.generation !== name.generation) {
      series = new Series(name, (one, isLook) => this.#ask(one, isLook));
      tags.set(name.tag, series);
    }
    return series;
  }

  /** Whether everything that was wanted so far has come or was refused. */
  get isIdle(): boolean {
    return this.#asking.size === 0 && this.#waiting === 0;
  }

  /** Drops everything that is held of a run. */
  drop(run: string): void {
    this.#open.delete(run);
  }

  /** There are at least so many rows. What failed before is asked for again. */
  expect(series: Series, rows: number): void {
    series.known = Math.max(series.known, rows);
    series.refusal = undefined;
    // Nobody would be told that there was nothing to ask for.
    if (jobsOf(series).length > 0) this.#ask(series);
  }

  /** Takes rows that came live. Missing ones are fetched. */
  append(series: Series, start: number, rows: ScalarRows, kept?: number): void {
    series.append(start, rows, kept);
    if (!series.isComplete) this.#ask(series);
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#lookTimer);
  }

  #ask(series: Series, isLook = false): void {
    this.#asking.add(series);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    });
    if (!isLook) return;
    this.#lookedAt = performance.now();
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => this.#flush(), LOOK_MS);
  }

  #flush(): void {
    const isResting = performance.now() - this.#lookedAt >= LOOK_MS - 1;
    const jobs: Job[] = [];
    for (const series of [...this.#asking]) {
      if (!this.#holds(series)) {
        this.#asking.delete(series);
        continue;
      }
      const wanted = jobsOf(series);
      const due = wanted.filter((job) => job.purpose !== 'detail' || isResting);
      // What is on its way is looked at again when it has come.
      if (due.length === wanted.length) this.#asking.delete(series);
      jobs.push(...due.filter((job) => this.#inFlight.get(series)?.has(keyOf(job)) !== true));
    }
    this.#waiting += jobs.length;
    for (const job of jobs) {
      const waiting = this.#inFlight.get(job.series) ?? new Set<string>();
      this.#inFlight.set(job.series, waiting.add(keyOf(job)));
    }
    const groups = grouped(jobs);
    const first = groups.filter(({ isFirst }) => isFirst).map((group) => this.#request(group));
    this.#first = Promise.all([this.#first, ...first]);
    for (const group of groups) if (!group.isFirst) void this.#first.then(() => this.#request(group));
  }

  #holds(series: Series): boolean {
    const { run, tag } = series.name;
    return this.#open.get(run)?.get(tag) === series;
  }

  async #request(group: JobGroup): Promise<void> {
    const { source, changed, read, failed } = this.#options;
    const { asked, jobs } = group;
    const { signal } = this.#abort;
    try {
      if (asked.kind === 'columns')
        this.#takeSeries(jobs, await source.series(seriesRequestOf(group, asked), signal));
      else this.#takeValues(jobs, await source.values(valuesRequestOf(group, asked), signal));
      this.#landed(jobs);
      for (const { series } of jobs) if (jobsOf(series).length > 0) this.#ask(series);
      if (jobs.every(({ purpose }) => purpose === 'reading')) read();
      else changed(new Set(group.runs));
    } catch (error) {
      this.#landed(jobs);
      if (!signal.aborted) for (const run of group.runs) failed(run, error);
    }
  }

  #landed(jobs: readonly Job[]): void {
    for (const job of jobs) if (this.#inFlight.get(job.series)?.delete(keyOf(job))) this.#waiting--;
  }

  #takeSeries(jobs: readonly Job[], answer: SeriesAnswer): void {
    const sent = new Map<string, SentSeries>();
    const branches = new Map<string, SentSeries[]>();
    for (const one of answer.series) {
      const place = placeOf(answer, one);
      if (one.branch === 0) sent.set(place, one);
      else branches.set(place, [...(branches.get(place) ?? []), one]);
    }
    this.#take(jobs, answer, (job) => {
      const one = sent.get(placeOfJob(job));
      const leftOut = branchesLeftOut(answer.refused, job.series.name);
      if (one !== undefined) takeSeries(job, one, branches.get(placeOfJob(job)) ?? [], leftOut);
      return one !== undefined;
    });
  }

  #takeValues(jobs: readonly Job[], answer: ValuesAnswer): void {
    const found = new Map<string, FoundValue>();
    for (const one of answer.values) found.set(placeOf(answer, one), one);
    this.#take(jobs, answer, (job) => {
      takeValue(job, found.get(placeOfJob(job)));
      return true;
    });
  }

  #take(
    jobs: readonly Job[],
    { runs, refused }: Pick<SeriesAnswer, 'runs' | 'refused'>,
    take: (job: Job) => boolean,
  ): void {
    const generations = new Map(runs.map(({ run, generation }) => [run, generation]));
    const replaced = new Set<string>();
    for (const job of jobs) {
      const { series } = job;
      const { run, tag, generation } = series.name;
      if (!this.#holds(series)) continue;
      if ((generations.get(run) ?? generation) !== generation) {
        replaced.add(run);
        series.refuse(REPLACED);
        continue;
      }
      const refusal = refused.find(
        (one) =>
          (one.run ?? run) === run &&
          (one.tag ?? tag) === tag &&
          one.series === undefined &&
          one.branches === undefined,
      );
      if (refusal !== undefined) series.refuse(refusal.reason);
      else if (!take(job)) series.refuse(refused.at(-1)?.reason ?? NOT_GIVEN);
    }
    for (const run of replaced) this.#options.failed(run, new GenerationChangedError(run));
  }
}

/** A run and a tag as one text. Names may contain any character. */
function placeOf(
  { runs, tags }: Pick<SeriesAnswer, 'runs' | 'tags'>,
  { run, tag }: Pick<SentSeries, 'run' | 'tag'>,
): string {
  return JSON.stringify([runs[run]?.run, tags[tag]]);
}

function placeOfJob({ series }: Job): string {
  return JSON.stringify([series.name.run, series.name.tag]);
}
