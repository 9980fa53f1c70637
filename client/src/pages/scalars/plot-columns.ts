/** In steps, so that a window that is resized asks for little anew. */
const WIDTH_STEP = 200;
/** What a plot has beside its lines, about, in pixels. */
const BESIDE_LINES = 56;

/** How many columns of pixels a plot asks for. */
export function columnsOf(plotWidth: number): number {
  return Math.ceil(Math.max(0, plotWidth - BESIDE_LINES) / WIDTH_STEP) * WIDTH_STEP;
}
