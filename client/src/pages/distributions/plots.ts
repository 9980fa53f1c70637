/** What the plots of histograms have in common: what is drawn, and what lies under the pointer. */
import type { Tokens } from '../../ui/tokens.js';
import type { HistogramAt } from './histogram-at.js';
import type { XAxis } from './view.js';
import type { Extent } from './x-axis.js';

export interface PlotData {
  /** In ascending order of steps. */
  readonly histograms: readonly HistogramAt[];
  readonly axis: XAxis;
  /** The wall time that relative times count from. */
  readonly start: number;
  /** The part of the axis of steps or times that is shown. */
  readonly along: Extent;
  /** The part of the axis of values that is shown. */
  readonly values: Extent;
  readonly bins: number;
}

export interface PlotLook {
  readonly tokens: Tokens;
  /** The run's colour, as #rrggbb. */
  readonly colour: string;
  /** Without ticks and room for them. */
  readonly isBare: boolean;
}

/** A histogram, and the place of one of its bins where the plot shows bins. */
export interface Picked {
  readonly histogram: HistogramAt;
  readonly bin: number | undefined;
}

export interface PlotSize {
  readonly width: number;
  readonly height: number;
}

/** A plot of certain data at a certain size. */
export interface LaidOutPlot {
  draw(context: CanvasRenderingContext2D, look: PlotLook): void;
  /** Draws what is picked over it. */
  mark(context: CanvasRenderingContext2D, look: PlotLook, picked: Picked): void;
  pick(x: number, y: number): Picked | undefined;
  /** What is picked at the histogram of this step, or the one before it. */
  pickStep(step: number, bin: number | undefined): Picked | undefined;
}

/** The last histogram at or before the step; the first one if there is none. */
export function histogramAtStep(histograms: readonly HistogramAt[], step: number): HistogramAt | undefined {
  return histograms.findLast((one) => one.step <= step) ?? histograms[0];
}

export const FONT_SIZE = 11;

export function setTickFont(context: CanvasRenderingContext2D, { tokens }: PlotLook): void {
  context.font = `${FONT_SIZE}px ${tokens.font}`;
  context.fillStyle = tokens['text-3'];
}
