/**
 * Lines drawn with chart.js, in one or more lanes above each other that share the axis of x. Axes and all that follows the
 * pointer are drawn on a canvas above it, which asks here for places.
 */
import {
  Chart,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
  type Scale,
} from 'chart.js';
import type { Part, Point } from '../series/pixel-columns.js';

Chart.register(LineController, LineElement, PointElement, LinearScale);

export interface ChartLine<Lane extends string> {
  readonly points: readonly Point[];
  /** As #rrggbb. */
  readonly colour: string;
  readonly lane: Lane;
  readonly width: number;
  readonly alpha: number;
  readonly dash?: readonly number[] | undefined;
  /** Draw dots at the points, for values that are few and exact. */
  readonly dots?: boolean;
  /** Lies behind all lines that do not. Such lines have many points, and are stroked without an object for each. */
  readonly isBehind?: boolean;
}

/** The area between two lines whose points have the same places. */
export interface ChartBand<Lane extends string> {
  readonly lower: readonly Point[];
  readonly upper: readonly Point[];
  readonly colour: string;
  readonly alpha: number;
  readonly lane: Lane;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The values at the edges of a lane, and its share of the height. A share of 0 hides it. */
export interface LaneScale {
  readonly lo: number;
  readonly hi: number;
  readonly share: number;
}

export interface Padding {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ChartArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface LineFrame<Lane extends string> {
  /** The last is drawn above the others. */
  readonly lines: readonly ChartLine<Lane>[];
  readonly bands?: readonly ChartBand<Lane>[];
  /** Horizontal lines below all others, at these values. */
  readonly grid?: { readonly lane: Lane; readonly values: readonly number[]; readonly colour: string };
  readonly x: Part;
  readonly lanes: Readonly<Record<Lane, LaneScale>>;
  readonly padding: Padding;
  readonly size: Size;
}

export interface LineChart<Lane extends string> {
  draw(frame: LineFrame<Lane>): void;
  /** In pixels from the left of the canvas. */
  xOf(x: number): number;
  xAt(pixel: number): number;
  yOf(lane: Lane, value: number): number;
  yAt(lane: Lane, pixel: number): number;
  readonly area: ChartArea;
  close(): void;
}

/** A lane that is hidden still has a scale. */
const LEAST_SHARE = 0.001;
/** Axes are drawn on the overlay. chart.js would measure the texts of its own ticks all the same, a third of the first draw. */
const NO_TICKS = { display: false };

function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255)
    .toString(16)
    .padStart(2, '0')}`;
}

type Dataset = ChartDataset<'line', Point[]>;

function datasetOf(line: ChartLine<string>): Dataset {
  return {
    data: line.points as Point[],
    yAxisID: line.lane,
    borderColor: withAlpha(line.colour, line.alpha),
    borderWidth: line.width,
    borderDash: line.dash === undefined ? [] : [...line.dash],
    pointRadius: line.dots ? 2 : 0,
    pointBackgroundColor: line.colour,
    pointBorderWidth: 0,
  };
}

/** Whether one may become the other: chart.js keeps the dots that a dataset had first. */
function hasSameDots(a: Dataset, b: Dataset): boolean {
  if (a.pointRadius !== b.pointRadius) return false;
  return a.pointRadius === 0 || a.pointBackgroundColor === b.pointBackgroundColor;
}

/** Where a scale puts a value: it is linear. */
function placing(scale: Scale): (value: number) => number {
  const { min, max } = scale;
  const [start, end] = [scale.getPixelForValue(min), scale.getPixelForValue(max)];
  const perUnit = (end - start) / (max - min);
  return (value) => start + (value - min) * perUnit;
}

function strokeLine(
  context: CanvasRenderingContext2D,
  { points, colour, alpha, width, dash }: ChartLine<string>,
  xOf: (value: number) => number,
  yOf: (value: number) => number,
): void {
  context.strokeStyle = withAlpha(colour, alpha);
  context.lineWidth = width;
  context.lineJoin = 'round';
  context.setLineDash([...(dash ?? [])]);
  context.beginPath();
  let isOpen = false;
  for (const { x, y } of points) {
    if (Number.isNaN(y)) isOpen = false;
    else if (isOpen) context.lineTo(xOf(x), yOf(y));
    else {
      context.moveTo(xOf(x), yOf(y));
      isOpen = true;
    }
  }
  context.stroke();
}

/** @param lanes from the top to the bottom */
export function createLineChart<Lane extends string>(
  canvas: HTMLCanvasElement,
  lanes: readonly Lane[],
): LineChart<Lane> {
  let bands: readonly ChartBand<Lane>[] = [];
  let behind: readonly ChartLine<Lane>[] = [];
  let grid: LineFrame<Lane>['grid'];
  const below: Plugin<'line'> = {
    id: 'below',
    beforeDatasetsDraw({ ctx, chartArea: { left, top, right, bottom }, scales }) {
      ctx.save();
      if (grid !== undefined) {
        ctx.fillStyle = grid.colour;
        for (const value of grid.values)
          ctx.fillRect(left, Math.round(scales[grid.lane]?.getPixelForValue(value) ?? 0), right - left, 1);
      }
      ctx.beginPath();
      ctx.rect(left, top, right - left, bottom - top);
      ctx.clip();
      for (const { lower, upper, colour, alpha, lane } of bands) {
        const y = scales[lane];
        if (scales['x'] === undefined || y === undefined) continue;
        ctx.beginPath();
        for (const point of upper)
          ctx.lineTo(scales['x'].getPixelForValue(point.x), y.getPixelForValue(point.y));
        for (let at = lower.length - 1; at >= 0; at--)
          ctx.lineTo(scales['x'].getPixelForValue(lower[at]!.x), y.getPixelForValue(lower[at]!.y));
        ctx.fillStyle = withAlpha(colour, alpha);
        ctx.fill();
      }
      for (const line of behind) {
        const [x, y] = [scales['x'], scales[line.lane]];
        if (x !== undefined && y !== undefined) strokeLine(ctx, line, placing(x), placing(y));
      }
      ctx.restore();
    },
  };
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
      layout: { padding: 0 },
      elements: { point: { radius: 0 }, line: { tension: 0, borderJoinStyle: 'round' } },
      scales: {
        x: { type: 'linear', display: false, ticks: NO_TICKS, min: 0, max: 1 },
        // The scale defined first is at the bottom.
        ...Object.fromEntries(
          [...lanes].reverse().map((lane) => [
            lane,
            {
              type: 'linear',
              axis: 'y',
              display: false,
              ticks: NO_TICKS,
              stack: 'lanes',
              stackWeight: 1,
              min: 0,
              max: 1,
            },
          ]),
        ),
      },
    },
    plugins: [below],
  });
  const scale = (name: string) => chart.scales[name];
  return {
    draw(frame) {
      const { x, padding, size } = frame;
      if (chart.options.layout !== undefined) chart.options.layout.padding = padding;
      if (chart.width !== size.width || chart.height !== size.height) chart.resize(size.width, size.height);
      bands = frame.bands ?? [];
      grid = frame.grid;
      behind = frame.lines.filter(({ isBehind }) => isBehind === true);
      const inFront = frame.lines.filter(({ isBehind }) => isBehind !== true);
      const { datasets } = chart.data;
      datasets.length = Math.min(datasets.length, inFront.length);
      // chart.js draws the first dataset on top. What it holds of a dataset is kept with the object, and costs the most.
      inFront.reverse().forEach((line, at) => {
        const [dataset, next] = [datasets[at], datasetOf(line)];
        if (dataset !== undefined && hasSameDots(dataset, next)) Object.assign(dataset, next);
        else datasets[at] = next;
      });
      const { scales } = chart.options;
      if (scales?.['x'] !== undefined) Object.assign(scales['x'], { min: x.first, max: x.last });
      for (const lane of lanes) {
        const { lo, hi, share } = frame.lanes[lane];
        const options = scales?.[lane];
        if (options !== undefined)
          Object.assign(options, { min: lo, max: hi, stackWeight: Math.max(LEAST_SHARE, share) });
      }
      chart.update('none');
    },
    xOf: (x) => scale('x')?.getPixelForValue(x) ?? 0,
    xAt: (pixel) => scale('x')?.getValueForPixel(pixel) ?? 0,
    yOf: (lane, value) => scale(lane)?.getPixelForValue(value) ?? 0,
    yAt: (lane, pixel) => scale(lane)?.getValueForPixel(pixel) ?? 0,
    get area() {
      const { left, right, top, bottom } = chart.chartArea;
      return { left, right, top, bottom };
    },
    close: () => chart.destroy(),
  };
}
