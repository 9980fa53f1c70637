/**
 * The details of runs. What is asked for of many runs at the same time is put together from the list of runs and one listing of
 * all tags, since one request for each of hundreds of runs takes long.
 */

import { type Listing, tagsOf } from '@convscope/shared/protocol/listing.js';
import type { RunDetail, RunSummary } from '@convscope/shared/protocol/live.js';

/** Fewer are asked for one by one. */
const LEAST_TOGETHER = 4;
/** The listing is of all runs, so at least one of so many must be wanted. */
const LISTED_FOR_ONE = 8;

export interface RunDetailsOptions {
  readonly one: (run: string, signal: AbortSignal) => Promise<RunDetail>;
  readonly listing: () => Promise<Listing>;
  /** The runs of the list. */
  readonly runs: ReadonlyMap<string, RunSummary>;
}

interface Wanted {
  readonly run: string;
  readonly signal: AbortSignal;
  readonly resolve: (detail: Promise<RunDetail>) => void;
}

export function createRunDetails({ one, listing, runs }: RunDetailsOptions) {
  let wanted: Wanted[] = [];

  async function flush(): Promise<void> {
    const all = wanted;
    wanted = [];
    const isTogether = all.length >= LEAST_TOGETHER && all.length * LISTED_FOR_ONE >= runs.size;
    const listed = isTogether ? await listedDetails() : undefined;
    for (const { run, signal, resolve } of all) {
      const known = listed?.get(run);
      resolve(known === undefined ? one(run, signal) : Promise.resolve(known));
    }
  }

  /** Undefined where the listing does not come: asking for each run says why. */
  async function listedDetails(): Promise<Map<string, RunDetail> | undefined> {
    // Of before the request, so that the tags are not older than what the summary says has been read.
    const summaries = new Map(runs);
    const answer = await listing().catch(() => undefined);
    if (answer === undefined) return undefined;
    const details = new Map<string, RunDetail>();
    for (const entry of answer.runs) {
      const summary = summaries.get(entry.run);
      // The listing does not say which gaps there are.
      if (summary === undefined || summary.gaps > 0 || summary.generation !== entry.generation) continue;
      details.set(entry.run, { summary, tags: tagsOf(answer, entry), gaps: [] });
    }
    return details;
  }

  return (run: string, signal: AbortSignal): Promise<RunDetail> =>
    new Promise<RunDetail>((resolve) => {
      if (wanted.length === 0) queueMicrotask(() => void flush());
      wanted.push({ run, signal, resolve });
    });
}
