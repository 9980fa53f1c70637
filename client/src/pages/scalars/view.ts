/** What the scalars page shows, as far as it is part of a link: `#scalars?smoothing=0.6&…`. */
import { X_AXES, type XAxis } from '@convscope/shared/protocol/series.js';
import type { Part } from '../../series/pixel-columns.js';

/** What the cards have in common: nothing, the place under the pointer and the selected one, or the shown range too. */
export const LINKS = ['none', 'step', 'range'] as const;
export type Link = (typeof LINKS)[number];

/** What is drawn around the mean of a group of runs. */
export const BANDS = ['range', 'deviation', 'none'] as const;
export type Band = (typeof BANDS)[number];

export interface ScalarsView {
  /** A regular expression for tags; empty for all. */
  readonly filter: string;
  readonly x: XAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  /** TensorBoard's weight, from 0 to below 1. */
  readonly smoothing: number;
  readonly ignoreOutliers: boolean;
  readonly link: Link;
  /** The selected place on the axis of x. */
  readonly at: number | undefined;
  /** The range of x that all cards show, while they are linked by range. */
  readonly range: Part | undefined;
  /** Whether what was logged before a restart is drawn too. */
  readonly earlier: boolean;
  /** What runs are put together by, as `run-groups.ts` reads it; empty for none. */
  readonly group: string;
  readonly band: Band;
  /** The card that fills the page. */
  readonly full: string | undefined;
  /** The pinned cards of a link, in place of those that are kept in this browser; undefined if it says none. */
  readonly pinned: readonly string[] | undefined;
}

export const HIGHEST_SMOOTHING = 0.999;

/** TensorBoard's own. */
export const USUAL_VIEW: ScalarsView = {
  filter: '',
  x: 'step',
  logX: false,
  logY: false,
  smoothing: 0.6,
  ignoreOutliers: true,
  link: 'step',
  at: undefined,
  range: undefined,
  earlier: false,
  group: '',
  band: 'range',
  full: undefined,
  pinned: undefined,
};

const PAGE = '#scalars';
/** Longer texts in an address are no filters and tags of ours. */
const MOST_CHARACTERS = 4096;
/** Longer addresses are cut by chat programs and proxies. */
const MOST_PINS = 50;

export function isScalarsHash(hash: string): boolean {
  return hash.split('?')[0] === PAGE;
}

function numberIn(text: string | null): number | undefined {
  const value = Number(text);
  return text === null || text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | undefined {
  return values.find((value) => value === text);
}

function flag(text: string | null, usual: boolean): boolean {
  return text === '1' ? true : text === '0' ? false : usual;
}

function textIn(text: string | null): string {
  return text === null || text.length > MOST_CHARACTERS ? '' : text;
}

function rangeIn(text: string | null): Part | undefined {
  const [first, last, ...more] = (text ?? '').split('~').map(numberIn);
  if (first === undefined || last === undefined || more.length > 0 || !(first < last)) return undefined;
  return { first, last };
}

function pinsIn(texts: readonly string[]): readonly string[] | undefined {
  const pins = [...new Set(texts.map(textIn))].filter((tag) => tag !== '').slice(0, MOST_PINS);
  return pins.length === 0 ? undefined : pins;
}

/** What is missing or cannot be understood is as usual. */
export function viewFromHash(hash: string): ScalarsView {
  const query = new URLSearchParams(hash.slice(hash.indexOf('?') + 1));
  const smoothing = numberIn(query.get('smoothing')) ?? USUAL_VIEW.smoothing;
  return {
    filter: textIn(query.get('tags')),
    x: oneOf(X_AXES, query.get('x')) ?? USUAL_VIEW.x,
    logX: flag(query.get('logx'), USUAL_VIEW.logX),
    logY: flag(query.get('logy'), USUAL_VIEW.logY),
    smoothing: Math.min(HIGHEST_SMOOTHING, Math.max(0, smoothing)),
    ignoreOutliers: flag(query.get('outliers'), !USUAL_VIEW.ignoreOutliers) === false,
    link: oneOf(LINKS, query.get('link')) ?? USUAL_VIEW.link,
    at: numberIn(query.get('at')),
    range: rangeIn(query.get('range')),
    earlier: flag(query.get('earlier'), USUAL_VIEW.earlier),
    group: textIn(query.get('group')),
    band: oneOf(BANDS, query.get('band')) ?? USUAL_VIEW.band,
    full: textIn(query.get('full')) || undefined,
    pinned: pinsIn(query.getAll('pin')),
  };
}

/** The smoothing is always said, so that a link does not depend on what somebody has chosen before. */
export function hashFromView(view: ScalarsView): string {
  const query = new URLSearchParams({ smoothing: String(view.smoothing) });
  const usual = USUAL_VIEW;
  const say = (name: string, value: string | number | undefined, isUsual: boolean) => {
    if (value !== undefined && !isUsual) query.set(name, String(value));
  };
  say('tags', view.filter, view.filter === '');
  say('x', view.x, view.x === usual.x);
  say('logx', Number(view.logX), view.logX === usual.logX);
  say('logy', Number(view.logY), view.logY === usual.logY);
  say('outliers', Number(!view.ignoreOutliers), view.ignoreOutliers === usual.ignoreOutliers);
  say('link', view.link, view.link === usual.link);
  say('at', view.at, false);
  say('range', view.range && `${view.range.first}~${view.range.last}`, false);
  say('earlier', Number(view.earlier), view.earlier === usual.earlier);
  say('group', view.group, view.group === '');
  say('band', view.band, view.band === usual.band);
  say('full', view.full, false);
  for (const tag of view.pinned?.slice(0, MOST_PINS) ?? []) query.append('pin', tag);
  return `${PAGE}?${query}`;
}
