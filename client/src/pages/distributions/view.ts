/** What the page shows, as its address says it. */
import { SPAN, type Span } from '../../charts/span.js';
import { RUN_CHOICE, type ViewOfRuns } from '../../runs/run-choice.js';
import { createViewFormat, field, flag, mapped, optional } from '../../ui/view-format.js';
import { oneOf, text } from '../../ui/view-kinds.js';

/** `offset`, `overlay`: histograms behind each other, over each other. `percentiles`: bands. `layers`: one row a tag. */
export const PLOTS = ['offset', 'overlay', 'percentiles', 'layers'] as const;
export type Plot = (typeof PLOTS)[number];

export const X_AXES = ['step', 'relative', 'wall'] as const;
export type XAxis = (typeof X_AXES)[number];

export const BIN_COUNTS = [10, 30, 60, 120] as const;

export interface DistributionsView extends ViewOfRuns {
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

export const DISTRIBUTIONS_VIEW = createViewFormat<DistributionsView>({
  plot: field('view', oneOf(PLOTS), 'offset', 'it is offset'),
  tags: field('tags', text(), '', 'all tags are shown'),
  axis: field('x', oneOf(X_AXES), 'step', 'it is step'),
  linked: mapped(
    flag('link', 'the cards share their axes', 'off'),
    (isOff) => !isOff,
    (linked) => !linked,
  ),
  bins: field<number>('bins', oneOf(BIN_COUNTS), 30, 'there are 30'),
  span: optional('steps', SPAN, 'all steps are shown'),
  runs: RUN_CHOICE,
});
