/** What the page shows, as its address says it. */
import { type Span, spanFrom, spanText } from '../../charts/span.js';

/** `offset`, `overlay`: histograms behind each other, over each other. `percentiles`: bands. `layers`: one row a tag. */
export const PLOTS = ['offset', 'overlay', 'percentiles', 'layers'] as const;
export type Plot = (typeof PLOTS)[number];

export const X_AXES = ['step', 'relative', 'wall'] as const;
export type XAxis = (typeof X_AXES)[number];

export const BIN_COUNTS = [10, 30, 60, 120] as const;

export interface DistributionsView {
  readonly plot: Plot;
  /** A regular expression over tags. */
  readonly tags: string;
  readonly axis: XAxis;
  /** Whether the cards of a tag share their axis of values, and all cards that of steps. */
  readonly linked: boolean;
  readonly bins: number;
  /** The steps that are shown; all of them if undefined. */
  readonly span: Span | undefined;
}

export const DEFAULT_VIEW: DistributionsView = {
  plot: 'offset',
  tags: '',
  axis: 'step',
  linked: true,
  bins: 30,
  span: undefined,
};

const FILTER_LENGTH = 500;

export function viewFrom(query: URLSearchParams): DistributionsView {
  const bins = Number(query.get('bins'));
  return {
    plot: oneOf(PLOTS, query.get('view')) ?? DEFAULT_VIEW.plot,
    tags: (query.get('tags') ?? '').slice(0, FILTER_LENGTH).replaceAll(/\p{Surrogate}/gu, ''),
    axis: oneOf(X_AXES, query.get('x')) ?? DEFAULT_VIEW.axis,
    linked: query.get('link') !== 'off',
    bins: BIN_COUNTS.find((count) => count === bins) ?? DEFAULT_VIEW.bins,
    span: spanFrom(query.get('steps')),
  };
}

export function queryOf(view: DistributionsView): URLSearchParams {
  const query = new URLSearchParams();
  if (view.plot !== DEFAULT_VIEW.plot) query.set('view', view.plot);
  if (view.tags !== '') query.set('tags', view.tags);
  if (view.axis !== DEFAULT_VIEW.axis) query.set('x', view.axis);
  if (!view.linked) query.set('link', 'off');
  if (view.bins !== DEFAULT_VIEW.bins) query.set('bins', String(view.bins));
  if (view.span !== undefined) query.set('steps', spanText(view.span));
  return query;
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | undefined {
  return values.find((value) => value === text);
}
