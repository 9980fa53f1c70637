import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { Subscription, Watch } from '@convscope/shared/protocol/live.js';
import type { Refusal } from '@convscope/shared/protocol/series.js';

/** A request of a viewer without what is over a limit, which is refused by name. */
export interface Fitting<T> {
  readonly fitting: T;
  readonly refused: readonly Refusal[];
}

export function fittingWatch({ runs, mapsOf, tags }: Watch): Fitting<Watch> {
  const refused: Refusal[] = [];
  const fitting = {
    runs: atMost(LIMITS.watchedRuns, 'run', runs.filter(isRun(refused)), refused),
    mapsOf: mapsOf !== null && isRun(refused)(mapsOf) ? mapsOf : null,
    tags: atMost(LIMITS.watchedTags, 'tag', tags.filter(isTag(refused)), refused),
  };
  return { fitting, refused };
}

/** Names that are refused keep their places, as no run and no tag, so that the others keep theirs. */
export interface FittingSubscription {
  readonly runs: ReadonlyMap<string, number>;
  readonly tags: ReadonlyMap<string, number>;
  readonly width: number;
}

export function fittingSubscription({ runs, tags, width }: Subscription): Fitting<FittingSubscription> {
  const refused: Refusal[] = [];
  const tagPlaces = placesOf(tags.slice(0, LIMITS.subscribedSeries), isTag(refused));
  const most = Math.floor(LIMITS.subscribedSeries / Math.max(1, tagPlaces.size));
  const runPlaces = placesOf(runs.slice(0, most), isRun(refused));
  const reason = `A subscription has at most ${LIMITS.subscribedSeries} series.`;
  for (const tag of tags.slice(LIMITS.subscribedSeries)) refused.push({ tag, reason });
  for (const run of runs.slice(most)) refused.push({ run, reason });
  return { fitting: { runs: runPlaces, tags: tagPlaces, width }, refused };
}

function placesOf(names: readonly string[], fits: (name: string) => boolean): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [place, name] of names.entries()) if (!places.has(name) && fits(name)) places.set(name, place);
  return places;
}

function isRun(refused: Refusal[]): (run: string) => boolean {
  return (run) => {
    if (run.length <= LIMITS.runIdLength) return true;
    refused.push({ run, reason: `The id of a run has at most ${LIMITS.runIdLength} characters.` });
    return false;
  };
}

function isTag(refused: Refusal[]): (tag: string) => boolean {
  return (tag) => {
    if (tag.length <= LIMITS.tagLength) return true;
    refused.push({ tag, reason: `A tag has at most ${LIMITS.tagLength} characters.` });
    return false;
  };
}

function atMost(most: number, what: 'run' | 'tag', names: readonly string[], refused: Refusal[]): string[] {
  const reason = `A page watches at most ${most} ${what}s at a time.`;
  for (const name of names.slice(most))
    refused.push(what === 'run' ? { run: name, reason } : { tag: name, reason });
  return names.slice(0, most);
}
