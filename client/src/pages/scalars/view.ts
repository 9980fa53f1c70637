/** What the scalars page shows, as far as it is part of a link: `#scalars?smoothing=0.6&…`. */
import { X_AXES, type XAxis } from '@convscope/shared/protocol/series.js';
import { RUN_CHOICE, type ViewOfRuns } from '../../runs/run-choice.js';
import type { Part } from '../../series/pixel-columns.js';
import { createViewFormat, field, list, mapped, optional, saidField } from '../../ui/view-format.js';
import { arrayIn, BIT, decimal, type Kind, NUMBER, name, oneOf, pair, text } from '../../ui/view-kinds.js';
import type { Smoothing } from './curve-smoothing.js';

/** What the cards have in common: nothing, the place under the pointer and the selected one, or the shown range too. */
export const LINKS = ['none', 'step', 'range'] as const;
export type Link = (typeof LINKS)[number];

/** What is drawn around the mean of a group of runs. */
export const BANDS = ['range', 'deviation', 'none'] as const;
export type Band = (typeof BANDS)[number];

export interface ScalarsView extends ViewOfRuns {
  /** A regular expression for tags; empty for all. */
  readonly filter: string;
  readonly x: XAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly smoothing: Smoothing;
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
  /** The tags that share a card, of a link, likewise. */
  readonly together: readonly (readonly string[])[] | undefined;
}

export const HIGHEST_SMOOTHING = 0.999;

const PAGE = '#scalars';
/** Longer addresses are cut by chat programs and proxies. */
const MOST_PINS = 50;
const MOST_TOGETHER = 20;
/** Characters of the tags of a card. */
const LONGEST_CARD = 10_000;

const WEIGHT = decimal(0, HIGHEST_SMOOTHING);
const SMOOTHING: Kind<Smoothing> = {
  read: (one) => (one === 'auto' ? one : WEIGHT.read(one)),
  write: String,
  takes: `auto or ${WEIGHT.takes}`,
};
const RANGE: Kind<Part> = pair(
  '~',
  (first, last) => ({ first, last }),
  ({ first, last }) => [first, last],
);

const TAGS: Kind<readonly string[]> = {
  read: tagsIn,
  write: JSON.stringify,
  takes: 'two tags or more, such as ["train/loss","val/loss"]',
};

/** The usual values are TensorBoard's, but for the curves that are not smoothed. */
export const SCALARS_VIEW = createViewFormat<ScalarsView>({
  // Said always, so that a link does not depend on what somebody has chosen before.
  smoothing: saidField<Smoothing>('smoothing', SMOOTHING, 'auto', 'it is auto'),
  filter: field('tags', text(), '', 'all tags are shown'),
  x: field('x', oneOf(X_AXES), 'step', 'it is step'),
  logX: field('logx', BIT, false, 'the axis is linear'),
  logY: field('logy', BIT, false, 'the axis is linear'),
  ignoreOutliers: mapped(
    field('outliers', BIT, false, 'outliers are ignored'),
    (hasOutliers) => !hasOutliers,
    (ignoreOutliers) => !ignoreOutliers,
  ),
  link: field('link', oneOf(LINKS), 'step', 'the cards are linked by step'),
  at: optional('at', NUMBER, 'no place is selected'),
  range: optional('range', RANGE, 'all of it is shown'),
  earlier: field('earlier', BIT, false, 'what was replaced is not drawn'),
  group: field('group', text(), '', 'runs are not put together'),
  band: field('band', oneOf(BANDS), 'range', 'it is range'),
  full: optional('full', name('a tag'), 'no card fills the page'),
  pinned: mapped(
    list('pin', name('a tag'), { most: MOST_PINS, instead: 'it is not pinned' }),
    (pins) => (pins.length === 0 ? undefined : [...new Set(pins)]),
    (pins) => pins ?? [],
  ),
  together: mapped(
    list('card', TAGS, { most: MOST_TOGETHER, instead: 'they have cards of their own' }),
    (cards) => (cards.length === 0 ? undefined : cards),
    (cards) => cards ?? [],
  ),
  runs: RUN_CHOICE,
});

function tagsIn(list: string): readonly string[] | undefined {
  const read = arrayIn(list, LONGEST_CARD);
  if (read === undefined) return undefined;
  const tags = read.filter((tag): tag is string => typeof tag === 'string' && tag !== '');
  return tags.length === read.length && tags.length > 1 && new Set(tags).size === tags.length
    ? tags
    : undefined;
}

export const USUAL_VIEW: ScalarsView = SCALARS_VIEW.usual;

export function isScalarsHash(hash: string): boolean {
  return hash.split('?')[0] === PAGE;
}

export function queryOfHash(hash: string): URLSearchParams {
  return new URLSearchParams(hash.slice(hash.indexOf('?') + 1 || hash.length));
}

export function viewFromHash(hash: string): ScalarsView {
  return SCALARS_VIEW.parse(queryOfHash(hash));
}

export function hashFromView(view: ScalarsView): string {
  return `${PAGE}?${SCALARS_VIEW.format(view)}`;
}
