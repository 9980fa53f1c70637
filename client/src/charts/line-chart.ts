/** The curves of the strip, drawn with chart.js: a lane of any scalar and one of accuracies, with a common axis of steps. */
import { Chart, type ChartDataset, LinearScale, LineController, LineElement, PointElement } from 'chart.js';
import type { Part, Point } from '../series/pixel-columns.js';

Chart.register(LineController, LineElement, PointElement, LinearScale);

export interface StripLine {
  readonly points: readonly Point[];
  readonly colour: string;
  readonly lane: 'loss' | 'accuracy';
  readonly width: number;
  readonly alpha: number;
  readonly dash?: readonly number[] | undefined;
  /** Draw dots at the points, for values that are few and exact. */
  readonly dots?: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface StripScales {
  readonly steps: Part;
  readonly loss: { readonly lo: number; readonly hi: number };
  /** Pixels beside the chart for the texts of its axis and of the ends of its lines. */
  readonly left: number;
  readonly right: number;
}

export interface StripChart {
  draw(lines: readonly StripLine[], scales: StripScales, size: Size, accuracyLane: boolean): void;
  /** In pixels from the left of the canvas. */
  xOf(step: number): number;
  stepAt(x: number): number;
  lossY(value: number): number;
  accuracyY(fraction: number): number;
  readonly area: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  close(): void;
}

export const STRIP = { left: 40, right: 44, top: 4, bottom: 22, lanes: 6 } as const;
export const NARROW_STRIP = { left: 30, right: 12, top: 4, bottom: 22, lanes: 0 } as const;

/** The accuracy lane reaches at least 80 %, so that a rising curve is visible as such. */
const ACCURACY_TOP = 0.8;

function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

export function createStripChart(canvas: HTMLCanvasElement, narrow: boolean): StripChart {
  const padding = narrow ? NARROW_STRIP : STRIP;
  const chart = new Chart<'line', Point[]>(canvas, {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      // Resized explicitly, because the overlay is drawn at once and needs the final positions of the axes.
      responsive: false,
      maintainAspectRatio: false,
      events: [],
      layout: {
        padding: { left: padding.left, right: padding.right, top: padding.top, bottom: padding.bottom },
      },
      elements: { point: { radius: 0 }, line: { tension: 0, borderJoinStyle: 'round' } },
      scales: {
        x: { type: 'linear', display: false, min: 0, max: 1 },
        // The scale defined first is at the bottom.
        accuracy: {
          type: 'linear',
          axis: 'y',
          display: false,
          stack: 'lanes',
          stackWeight: 3,
          min: 0,
          max: ACCURACY_TOP,
        },
        loss: { type: 'linear', axis: 'y', display: false, stack: 'lanes', stackWeight: 7, min: 0, max: 1 },
      },
    },
  });
  const scale = (name: 'x' | 'loss' | 'accuracy') => chart.scales[name];
  return {
    draw(lines, { steps, loss, left, right }, { width, height }, accuracyLane) {
      if (chart.options.layout !== undefined)
        chart.options.layout.padding = { left, right, top: padding.top, bottom: padding.bottom };
      if (chart.width !== width || chart.height !== height) chart.resize(width, height);
      chart.data.datasets = lines
        .filter(({ lane }) => accuracyLane || lane === 'loss')
        .map(
          (line): ChartDataset<'line', Point[]> => ({
            data: line.points as Point[],
            yAxisID: line.lane,
            borderColor: withAlpha(line.colour, line.alpha),
            borderWidth: line.width,
            borderDash: line.dash === undefined ? [] : [...line.dash],
            pointRadius: line.dots ? 2 : 0,
            pointBackgroundColor: line.colour,
            pointBorderWidth: 0,
          }),
        );
      const { scales } = chart.options;
      if (scales?.x !== undefined) Object.assign(scales.x, { min: steps.first, max: steps.last });
      if (scales?.loss !== undefined) Object.assign(scales.loss, { min: loss.lo, max: loss.hi });
      if (scales?.accuracy !== undefined) {
        const highest = Math.max(
          ...lines
            .filter((one) => one.lane === 'accuracy')
            .flatMap((one) => one.points.map(({ y }) => (Number.isFinite(y) ? y : 0))),
          0,
        );
        // A hidden lane takes no space.
        Object.assign(scales.accuracy, {
          max: Math.max(ACCURACY_TOP, highest),
          stackWeight: accuracyLane ? 3 : 0.001,
        });
      }
      chart.update('none');
    },
    xOf: (step) => scale('x')?.getPixelForValue(step) ?? 0,
    stepAt: (x) => scale('x')?.getValueForPixel(x) ?? 0,
    lossY: (value) => scale('loss')?.getPixelForValue(value) ?? 0,
    accuracyY: (fraction) => scale('accuracy')?.getPixelForValue(fraction) ?? 0,
    get area() {
      const { left, right, top, bottom } = chart.chartArea;
      return { left, right, top, bottom };
    },
    close: () => chart.destroy(),
  };
}
