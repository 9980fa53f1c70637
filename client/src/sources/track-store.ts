/**
 * The scalars that charts of many runs draw, along any axis. What is lacking at the same time is asked for in few requests,
 * of what is shown and of nothing else.
 */
import { messageOf } from '@convscope/shared/message-of.js';
import type { Series as SentSeries, SeriesAnswer, SeriesRequest } from '@convscope/shared/protocol/series.js';
import { MOST_EXACT, Track, type TrackQuestion } from '../series/track.js';
import type { Look } from '../series/track-look.js';
import { branchesLeftOut } from './series-answers.js';
import type { Source } from './source.js';

/** Series of one request. Of more, those of the first tag are asked for by themselves, so that one chart is there soon. */
const SERIES_AT_ONCE = 200;
/** How long charts must rest before the part that they show is fetched. */
const REST_MS = 60;
/** A series that grows faster than its rows are sent is fetched as a whole, so often at most. */
const REFETCH_MS = 500;
const RETRY_MS = 1000;
/** Series that are not shown are kept up to so many. */
const MOST_KEPT = 600;
const NOT_GIVEN = 'The hub has not given it.';

/** A scalar that is shown, and how. */
export interface ShownTrack {
  readonly run: string;
  readonly tag: string;
  readonly look: Look;
}

export interface TrackStoreOptions {
  readonly source: Pick<Source, 'series' | 'listen'>;
  /** In seconds: where relative time of a run begins. */
  readonly originOf: (run: string) => number;
  /** Called when what is drawn of these tags has changed. */
  readonly changed: (tags: ReadonlySet<string>) => void;
  /** Called when something is being fetched, and when all that is shown has come. */
  readonly waiting: (isWaiting: boolean) => void;
  /** Called with a sentence when a request fails, and with undefined when one has been answered again. */
  readonly failed: (problem: string | undefined) => void;
}

interface Job {
  readonly track: Track;
  readonly question: TrackQuestion;
}

export class TrackStore {
  readonly #options: TrackStoreOptions;
  /** By run and tag, in the order in which they were shown last. */
  readonly #tracks = new Map<string, Track>();
  #shown: readonly ShownTrack[] = [];
  readonly #inFlight = new Set<Track>();
  readonly #fetchedAt = new WeakMap<Track, number>();
  readonly #abort = new AbortController();
  readonly #stopListening: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(options: TrackStoreOptions) {
    this.#options = options;
    this.#stopListening = options.source.listen({
      scalars: ({ run, tag, generation, start, rows }) => {
        const track = this.#tracks.get(keyOf(run, tag));
        if (track === undefined) return;
        if (rows.steps.length === 0) track.expect(start, generation);
        if (track.append(start, generation, rows)) options.changed(new Set([tag]));
        if (track.isStale) this.#flushIn(0);
      },
      connection: ({ status }) => {
        if (status === 'connected') this.#flushIn(0);
      },
    });
  }

  /** The scalar of a run, as far as it has come. */
  track(run: string, tag: string): Track | undefined {
    return this.#tracks.get(keyOf(run, tag));
  }

  /** Sets what is shown, in place of what was shown before, and fetches what is lacking of it. */
  show(shown: readonly ShownTrack[]): void {
    const isZoom = this.#shown.length > 0 && shown.some(({ look }) => look.part !== undefined);
    this.#shown = shown;
    for (const { run, tag } of shown) {
      const key = keyOf(run, tag);
      const track = this.#tracks.get(key) ?? new Track(run, tag, this.#options.originOf(run));
      // What was shown last is dropped last.
      this.#tracks.delete(key);
      this.#tracks.set(key, track);
    }
    for (const key of this.#tracks.keys()) {
      if (this.#tracks.size <= Math.max(MOST_KEPT, shown.length)) break;
      this.#tracks.delete(key);
    }
    this.#flushIn(isZoom ? REST_MS : 0);
  }

  close(): void {
    this.#abort.abort();
    this.#stopListening();
    clearTimeout(this.#timer);
  }

  #flushIn(milliseconds: number): void {
    const dueAt = performance.now() + milliseconds;
    if (dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#flush();
    }, milliseconds);
  }

  #flush(): void {
    const jobs: Job[] = [];
    for (const { run, tag, look } of this.#shown) {
      const track = this.#tracks.get(keyOf(run, tag));
      if (track === undefined || this.#inFlight.has(track)) continue;
      const question = track.lacks(look);
      if (question === undefined) continue;
      const since = performance.now() - (this.#fetchedAt.get(track) ?? Number.NEGATIVE_INFINITY);
      if (track.isStale && since < REFETCH_MS) {
        this.#flushIn(REFETCH_MS - since);
        continue;
      }
      this.#inFlight.add(track);
      jobs.push({ track, question });
    }
    for (const group of grouped(jobs)) void this.#request(group);
    this.#options.waiting(this.#inFlight.size > 0);
  }

  async #request(jobs: readonly Job[]): Promise<void> {
    const { source, changed, failed } = this.#options;
    const { signal } = this.#abort;
    try {
      const answer = await source.series(requestOf(jobs), signal);
      this.#take(jobs, answer);
      for (const { track } of jobs) {
        this.#inFlight.delete(track);
        this.#fetchedAt.set(track, performance.now());
      }
      failed(undefined);
      changed(new Set(jobs.map(({ track }) => track.tag)));
      // Meanwhile something else may be shown of it.
      this.#flushIn(0);
    } catch (error) {
      if (signal.aborted) return;
      for (const { track } of jobs) this.#inFlight.delete(track);
      failed(messageOf(error));
      this.#flushIn(RETRY_MS);
    }
  }

  #take(jobs: readonly Job[], { runs, tags, series, refused }: SeriesAnswer): void {
    const keyOfSent = (one: SentSeries) => keyOf(runs[one.run]?.run ?? '', tags[one.tag] ?? '');
    const sent = new Map(series.filter(({ branch }) => branch === 0).map((one) => [keyOfSent(one), one]));
    const branches = new Map<string, SentSeries[]>();
    for (const one of series.filter(({ branch }) => branch > 0))
      branches.set(keyOfSent(one), [...(branches.get(keyOfSent(one)) ?? []), one]);
    const generations = new Map(runs.map(({ run, generation }) => [run, generation]));
    for (const { track, question } of jobs) {
      const { run, tag } = track;
      const one = sent.get(keyOf(run, tag));
      if (question.replaced) {
        const earlier = branches.get(keyOf(run, tag)) ?? [];
        track.takeEarlier(question, earlier, branchesLeftOut(refused, track));
        continue;
      }
      if (one !== undefined) {
        track.take(question, one, generations.get(run) ?? track.generation);
        continue;
      }
      const refusal = refused.find(
        (other) => (other.run ?? run) === run && (other.tag ?? tag) === tag && other.branches === undefined,
      );
      track.refusal = refusal?.reason ?? NOT_GIVEN;
    }
  }
}

/** Names may contain any character. */
function keyOf(run: string, tag: string): string {
  return JSON.stringify([run, tag]);
}

/** Puts jobs together that ask the same of the same runs, or of the same tag. */
function grouped(jobs: readonly Job[]): Job[][] {
  const byTag = gatheredBy(jobs, ({ track, question }) => JSON.stringify([question, track.tag]));
  const byRuns = gatheredBy(byTag, (some) =>
    JSON.stringify([some[0]?.question, some.map(({ track }) => track.run).sort()]),
  );
  const isOneFirst = jobs.length > SERIES_AT_ONCE;
  return byRuns.flatMap((tags, place) => {
    const groups: Job[][] = [];
    for (const some of tags) {
      const last = groups.at(-1);
      const isFirst = isOneFirst && place === 0 && groups.length === 1;
      if (last === undefined || isFirst || last.length + some.length > SERIES_AT_ONCE) groups.push([...some]);
      else last.push(...some);
    }
    return groups;
  });
}

function gatheredBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function requestOf(jobs: readonly Job[]): SeriesRequest {
  const { x, weight, width, from, to, replaced } = jobs[0]!.question;
  return {
    runs: [...new Set(jobs.map(({ track }) => track.run))],
    tags: [...new Set(jobs.map(({ track }) => track.tag))],
    x,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    width,
    points: from === undefined ? MOST_EXACT : width,
    outline: true,
    ...(weight > 0 ? { smoothing: weight } : {}),
    replaced,
  };
}
