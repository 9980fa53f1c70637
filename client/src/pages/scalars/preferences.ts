/** What the scalars page keeps for each log directory, and is not part of a link. */
import type { KeptPreferencesOptions } from '../../ui/kept-preferences.js';

/** In which order the tooltip lists the runs. */
export const TIP_ORDERS = ['nearest', 'value', 'lowest', 'name'] as const;
export type TipOrder = (typeof TIP_ORDERS)[number];

/** How wide cards are. Each size is the least width in pixels; the columns follow from the page's width. */
export const CARD_SIZES = ['small', 'usual', 'large'] as const;
export type CardSize = (typeof CARD_SIZES)[number];

export interface ScalarsPreferences {
  /** 0 lets the width of the page decide. */
  readonly columns: number;
  readonly size: CardSize;
  readonly tipOrder: TipOrder;
  /** Groups of cards that are closed, by their prefix. */
  readonly closed: readonly string[];
  /** Categories of logged layouts that are open where the layout has them closed, or the other way round, by their title. */
  readonly flipped: readonly string[];
  /** Cards in the first row, in their order, by their first tag. */
  readonly pinned: readonly string[];
  /** Tags that share a card. The first of each names it. */
  readonly together: readonly (readonly string[])[];
  /** Whether times of the axis "wall" are UTC instead of the browser's zone. */
  readonly utc: boolean;
  /** What was asked for last, for a page that is opened without a link. */
  readonly smoothing: number | undefined;
  readonly ignoreOutliers: boolean | undefined;
}

export const USUAL_PREFERENCES: ScalarsPreferences = {
  columns: 0,
  size: 'usual',
  tipOrder: 'value',
  closed: [],
  flipped: [],
  pinned: [],
  together: [],
  utc: false,
  smoothing: undefined,
  ignoreOutliers: undefined,
};

export const MOST_COLUMNS = 6;

type Stored = Readonly<Record<string, unknown>>;

function isStored(stored: unknown): stored is Stored {
  return typeof stored === 'object' && stored !== null && !Array.isArray(stored);
}

function texts(stored: unknown): string[] | undefined {
  return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : undefined;
}

function oneOf<T extends string>(values: readonly T[], stored: unknown): T | undefined {
  return values.find((value) => value === stored);
}

function numberWithin(stored: unknown, least: number, most: number): number | undefined {
  return typeof stored === 'number' && stored >= least && stored <= most ? stored : undefined;
}

function flag(stored: unknown): boolean | undefined {
  return typeof stored === 'boolean' ? stored : undefined;
}

/** What is missing or damaged is as usual. */
export function parsePreferences(stored: unknown): ScalarsPreferences | undefined {
  if (!isStored(stored)) return undefined;
  const usual = USUAL_PREFERENCES;
  const together = Array.isArray(stored['together'])
    ? stored['together'].map(texts).filter((tags) => tags !== undefined && tags.length > 1)
    : [];
  return {
    columns: Math.round(numberWithin(stored['columns'], 0, MOST_COLUMNS) ?? usual.columns),
    size: oneOf(CARD_SIZES, stored['size']) ?? usual.size,
    tipOrder: oneOf(TIP_ORDERS, stored['tipOrder']) ?? usual.tipOrder,
    closed: texts(stored['closed']) ?? usual.closed,
    flipped: texts(stored['flipped']) ?? usual.flipped,
    pinned: texts(stored['pinned']) ?? usual.pinned,
    together: together.filter((tags) => tags !== undefined),
    utc: flag(stored['utc']) ?? usual.utc,
    smoothing: numberWithin(stored['smoothing'], 0, 0.999),
    ignoreOutliers: flag(stored['ignoreOutliers']),
  };
}

export const PREFERENCES: KeptPreferencesOptions<ScalarsPreferences> = {
  name: 'scalars',
  initial: USUAL_PREFERENCES,
  parse: parsePreferences,
};

/** In pixels. */
export const CARD_WIDTHS: Readonly<Record<CardSize, number>> = { small: 240, usual: 320, large: 520 };
