/** The curves of the timeline: a lane of any scalar and one of accuracies, with a common axis of steps. */
import type { Part } from '../series/pixel-columns.js';
import { type ChartArea, type ChartLine, createLineChart, type Size } from './line-chart.js';

type Lane = 'loss' | 'accuracy';
export type StripLine = ChartLine<Lane>;

export interface StripScales {
  readonly steps: Part;
  readonly loss: { readonly lo: number; readonly hi: number };
  /** Pixels beside the chart for the texts of its axis and of the ends of its lines. */
  readonly left: number;
  readonly right: number;
}

export interface StripChart {
  /** The first line is on top. */
  draw(lines: readonly StripLine[], scales: StripScales, size: Size, accuracyLane: boolean): void;
  /** In pixels from the left of the canvas. */
  xOf(step: number): number;
  stepAt(x: number): number;
  lossY(value: number): number;
  accuracyY(fraction: number): number;
  readonly area: ChartArea;
  close(): void;
}

export const STRIP = { left: 40, right: 44, top: 4, bottom: 22, lanes: 6 } as const;
export const NARROW_STRIP = { left: 30, right: 12, top: 4, bottom: 22, lanes: 0 } as const;

/** The accuracy lane reaches at least 80 %, so that a rising curve is visible as such. */
const ACCURACY_TOP = 0.8;

/** The highest value of the accuracies; infinite and missing values do not count. */
function highestOf(lines: readonly StripLine[]): number {
  let highest = 0;
  for (const { points } of lines.filter(({ lane }) => lane === 'accuracy'))
    for (const { y } of points) if (Number.isFinite(y)) highest = Math.max(highest, y);
  return highest;
}

export function createStripChart(canvas: HTMLCanvasElement, narrow: boolean): StripChart {
  const { top, bottom } = narrow ? NARROW_STRIP : STRIP;
  const chart = createLineChart<Lane>(canvas, ['loss', 'accuracy']);
  return {
    draw(lines, { steps, loss, left, right }, size, accuracyLane) {
      const drawn = lines.filter(({ lane }) => accuracyLane || lane === 'loss');
      const accuracy = { lo: 0, hi: Math.max(ACCURACY_TOP, highestOf(lines)), share: accuracyLane ? 3 : 0 };
      chart.draw({
        lines: drawn.reverse(),
        x: steps,
        lanes: { loss: { ...loss, share: 7 }, accuracy },
        padding: { left, right, top, bottom },
        size,
      });
    },
    xOf: chart.xOf,
    stepAt: chart.xAt,
    lossY: (value) => chart.yOf('loss', value),
    accuracyY: (fraction) => chart.yOf('accuracy', fraction),
    get area() {
      return chart.area;
    },
    close: chart.close,
  };
}
