/** Scalars of a hub, for tests: what a page asks for is computed from all rows, in the plainest way. */
import type {
  FoundValue,
  Refusal,
  Series,
  SeriesAnswer,
  SeriesRequest,
  SeriesRun,
  ValuesAnswer,
  ValuesRequest,
} from '@convscope/shared/protocol/series.js';
import type {
  SeriesSummary,
  SummariesAnswer,
  SummariesRequest,
} from '@convscope/shared/protocol/summaries.js';
import { Smoothing } from '@convscope/shared/smoothing.js';
import { medianOf } from '../../series/median.js';
import type { ScalarRows } from '../../series/series.js';
import type { LiveScalars, Source } from '../source.js';
import { columnsOf, extremesOf, type Point, pointsOf, type Row, sent, sentPoint } from './plain-points.js';

export class FakeScalars {
  readonly #rows = new Map<string, Row[]>();
  /** By run and tag: rows before this number are void from this step on. */
  readonly #restarts = new Map<string, { readonly step: number; readonly rows: number }>();
  /** By run, tag, smoothing and number of rows. */
  readonly #points = new Map<string, readonly Point[]>();
  readonly generations = new Map<string, number>();
  /** Why a tag is refused. */
  readonly refusals = new Map<string, string>();
  readonly askedSeries: SeriesRequest[] = [];
  readonly askedValues: ValuesRequest[] = [];
  /** Answers wait for this. */
  ready: Promise<void> = Promise.resolve();

  /** Adds rows, and returns them as they are sent live. */
  log(run: string, tag: string, rows: readonly Row[]): LiveScalars {
    const all = this.#rows.get(keyOf(run, tag)) ?? [];
    this.#rows.set(keyOf(run, tag), all);
    const start = all.length;
    all.push(...rows);
    return { run, tag, generation: this.generationOf(run), start, rows: this.#sent(rows) };
  }

  /** How many points are left, as live rows say it. */
  kept(run: string, tag: string): number {
    return this.#pointsOf(keyOf(run, tag), 0).length;
  }

  /** A writer begins anew: what was logged at this step and beyond is void. */
  restart(run: string, tag: string, step: number): void {
    const key = keyOf(run, tag);
    this.#restarts.set(key, { step, rows: this.#rows.get(key)?.length ?? 0 });
  }

  count(run: string, tag: string): number {
    return this.#rows.get(keyOf(run, tag))?.length ?? 0;
  }

  generationOf(run: string): number {
    return this.generations.get(run) ?? 1;
  }

  /** The part of a source that is about scalars. */
  source(): Pick<
    Source,
    | 'series'
    | 'values'
    | 'subscribe'
    | 'summaries'
    | 'hparams'
    | 'listing'
    | 'control'
    | 'trash'
    | 'act'
    | 'origin'
    | 'numbers'
    | 'exportSize'
    | 'exportRun'
  > {
    return {
      origin: 'hub',
      exportSize: async () => ({ most: 3e6, log: 1e6, gaps: 0 }),
      exportRun: async () => new Blob(),
      numbers: async () => new Blob(),
      series: async (request) => {
        this.askedSeries.push(request);
        await this.ready;
        return this.#series(request);
      },
      values: async (request) => {
        this.askedValues.push(request);
        await this.ready;
        return this.#values(request);
      },
      summaries: async (request) => this.#summaries(request),
      control: async () => ({ readOnly: false }),
      trash: async () => ({ runs: [] }),
      act: async () => ({ results: [] }),
      hparams: async () => ({ version: 1, runs: [], experiments: [] }),
      listing: async () => ({ version: 1, tags: [], sets: [], runs: [] }),
      subscribe: () => undefined,
    };
  }

  #sent(rows: readonly Row[]): ScalarRows {
    return {
      steps: rows.map(([step]) => step),
      wallTimes: rows.map(([step]) => step / 10),
      values: rows.map(([, value]) => value),
    };
  }

  #series(request: SeriesRequest): SeriesAnswer {
    const { width, points = width, smoothing } = request;
    const found = this.#select(request);
    const series = found.all.flatMap(({ run, tag, rows, points: all }): Series[] => {
      const ofTag = found.all.filter((one) => one.tag === tag).flatMap((one) => one.points);
      const from = request.from ?? ofTag.reduce((least, { step }) => Math.min(least, step), Infinity);
      const to = request.to ?? ofTag.reduce((most, { step }) => Math.max(most, step), -Infinity);
      const within = all.filter(({ step }) => step >= from && step <= to);
      const neighbours = [
        ...all.filter(({ step }) => step < from).slice(-1),
        ...within,
        ...all.filter(({ step }) => step > to).slice(0, 1),
      ];
      const average = new Smoothing(smoothing ?? 0);
      for (const { value } of all) average.next(value);
      const base = {
        ...{ run, tag, branch: 0, rows, from, to, total: within.length },
        ...{ firstX: all[0]!.step, lastX: all.at(-1)!.step },
        ...(smoothing === undefined ? {} : { smoothing: average.state }),
      };
      const branches = request.replaced ? this.#replaced(keyOf(found.runs[run]!.run, found.tags[tag]!)) : [];
      const earlier = branches.map((branch, at): Series => {
        const steps = Float64Array.from(branch, ([step]) => step);
        const values = Float64Array.from(branch, ([, value]) => value);
        const total = branch.length;
        return { kind: 'points', ...base, branch: at + 1, total, steps, wallTimes: steps, values };
      });
      if (within.length <= points) {
        const steps = Float64Array.from(neighbours, ({ step }) => step);
        return [
          {
            kind: 'points',
            ...{ ...base, steps, wallTimes: steps.map((step) => step / 10) },
            values: Float64Array.from(neighbours, ({ value }) => value),
            ...(smoothing === undefined
              ? {}
              : { smoothed: Float64Array.from(neighbours, ({ smoothed }) => smoothed) }),
          },
          ...earlier,
        ];
      }
      const columns = columnsOf(neighbours, from, to, width);
      const counts = (is: (value: number) => boolean) =>
        Float64Array.from(columns, (column) => column.filter(({ value }) => is(value)).length);
      return [
        {
          ...{ kind: 'columns', ...base, count: counts(() => true), nan: counts(Number.isNaN) },
          positive: counts((value) => value === Number.POSITIVE_INFINITY),
          negative: counts((value) => value === Number.NEGATIVE_INFINITY),
          raw: extremesOf(columns, ({ value }) => value),
          ...(smoothing === undefined ? {} : { smoothed: extremesOf(columns, ({ smoothed }) => smoothed) }),
        },
        ...earlier,
      ];
    });
    return { x: 'step', runs: found.runs, tags: found.tags, series, refused: found.refused };
  }

  #values(request: ValuesRequest): ValuesAnswer {
    const { runs, tags, all, refused } = this.#select(request);
    const values = all.flatMap(({ run, tag, points }): FoundValue[] => {
      const found = points.findLast(({ step }) => step <= request.at);
      if (found === undefined) return [];
      const { step, value, smoothed } = found;
      const median = medianOf(Float64Array.from(points, (one) => one.value));
      return [
        {
          ...{ run, tag, step, wallTime: step / 10, value: sent(value) },
          ...(request.smoothing === undefined ? {} : { smoothed: sent(smoothed) }),
          ...(request.median && median !== undefined ? { median } : {}),
        },
      ];
    });
    return { version: 1, runs, tags, values, refused };
  }

  #summaries(request: SummariesRequest): SummariesAnswer {
    const { runs, tags, all, refused } = this.#select(request);
    const summaries = all.map(({ run, tag, points }): SeriesSummary => {
      const finite = points.filter(({ value }) => Number.isFinite(value));
      const best = (isBetter: (value: number, than: number) => boolean) =>
        finite.reduce<Point | undefined>(
          (found, one) => (found === undefined || isBetter(one.value, found.value) ? one : found),
          undefined,
        );
      const [min, max] = [best((a, b) => a < b), best((a, b) => a > b)];
      return {
        ...{ run, tag, points: points.length, last: sentPoint(points.at(-1)!) },
        ...(min && max ? { min: sentPoint(min), max: sentPoint(max) } : {}),
      };
    });
    return { version: 1, runs, tags, summaries, refused };
  }

  /** The stretches of rows that were logged again later. */
  #replaced(key: string): Row[][] {
    const rows = this.#rows.get(key)!;
    const last = new Map(rows.map(([step], row) => [step, row]));
    const branches: Row[][] = [];
    let before = -2;
    for (const [row, one] of rows.entries()) {
      if (last.get(one[0]) === row) continue;
      if (row === before + 1) branches.at(-1)!.push(one);
      else branches.push([one]);
      before = row;
    }
    return branches;
  }

  #pointsOf(key: string, weight: number): readonly Point[] {
    const all = this.#rows.get(key)!;
    const { step, rows: before } = this.#restarts.get(key) ?? { step: Number.POSITIVE_INFINITY, rows: 0 };
    const rows = all.filter(([at], row) => row >= before || at < step);
    const place = `${key} ${weight} ${rows.length}`;
    const points = this.#points.get(place) ?? pointsOf(rows, weight);
    this.#points.set(place, points);
    return points;
  }

  #select({ runs = [], tags = [], smoothing = 0 }: Pick<SeriesRequest, 'runs' | 'tags' | 'smoothing'>) {
    const refused: Refusal[] = tags.flatMap((tag) => {
      const reason = this.refusals.get(tag);
      return reason === undefined ? [] : [{ tag, reason }];
    });
    const known: SeriesRun[] = runs.map((run) => ({
      run,
      generation: this.generationOf(run),
      firstWallTime: 0,
    }));
    const all = runs.flatMap((name, run) =>
      tags.flatMap((text, tag) => {
        const rows = this.#rows.get(keyOf(name, text)) ?? [];
        if (rows.length === 0 || this.refusals.has(text)) return [];
        return [{ run, tag, rows: rows.length, points: this.#pointsOf(keyOf(name, text), smoothing) }];
      }),
    );
    return { runs: known, tags, all, refused };
  }
}

function keyOf(run: string, tag: string): string {
  return `${run}\n${tag}`;
}
