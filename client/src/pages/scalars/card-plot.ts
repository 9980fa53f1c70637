/** Draws a card on its two canvases: the curves when they or their axes change, what follows the pointer on top. */
import { createLineChart, type LineChart } from '../../charts/line-chart.js';
import type { Tokens } from '../../ui/tokens.js';
import {
  type CardDrawing,
  type CardLook,
  type CurveSource,
  cardDrawing,
  fromAxis,
  toAxis,
} from './card-drawing.js';
import { type DragBox, drawCardOverlay } from './card-overlay.js';
import type { TipRow } from './tip.js';
import type { SizelessLook } from './use-card-curves.js';

const RIGHT = 14;
const TOP = 8;
const BOTTOM = 22;
const LEAST_LEFT = 40;

export interface PlotInput {
  readonly sources: readonly CurveSource[];
  /** Without the size of the plot, which follows from that of the card. */
  readonly look: SizelessLook;
  /** The axes to keep, in their own numbers. */
  readonly axes: CardLook['axes'];
  readonly width: number;
  readonly height: number;
  readonly tokens: Tokens;
  readonly textWidth: (text: string) => number;
}

export interface PlotPointer {
  readonly pointer: number | undefined;
  readonly selected: number | undefined;
  readonly box: DragBox | undefined;
}

export class CardPlot {
  readonly chart: LineChart<'values'>;
  readonly #overlay: HTMLCanvasElement;
  #input: PlotInput | undefined;
  #drawing: CardDrawing | undefined;
  #look: SizelessLook | undefined;
  #left = LEAST_LEFT;

  constructor(canvas: HTMLCanvasElement, overlay: HTMLCanvasElement) {
    this.chart = createLineChart(canvas, ['values']);
    this.#overlay = overlay;
  }

  get drawing(): CardDrawing | undefined {
    return this.#drawing;
  }

  /** As what was drawn last. */
  get look(): SizelessLook | undefined {
    return this.#look;
  }

  draw(input: PlotInput): CardDrawing {
    this.#input = input;
    const { sources, look, axes, width, height, tokens, textWidth } = input;
    const size = { width: width - this.#left - RIGHT, height: height - TOP - BOTTOM };
    const drawing = cardDrawing(sources, { ...look, axes, ...size });
    this.#look = look;
    this.#drawing = drawing;
    const widest = Math.max(0, ...drawing.yTicks.map(({ text }) => textWidth(text)));
    this.#left = Math.max(LEAST_LEFT, Math.ceil(widest) + 12);
    this.chart.draw({
      lines: drawing.lines,
      bands: drawing.bands,
      grid: { lane: 'values', values: drawing.yTicks.map(({ value }) => value), colour: tokens.line },
      x: drawing.x,
      lanes: { values: { ...drawing.y, share: 1 } },
      padding: { left: this.#left, right: RIGHT, top: TOP, bottom: BOTTOM },
      size: { width, height },
    });
    return drawing;
  }

  drawOverlay({ pointer, selected, box }: PlotPointer): void {
    const [input, drawing] = [this.#input, this.#drawing];
    if (input === undefined || drawing === undefined) return;
    const at = pointer ?? selected;
    const readings =
      at === undefined
        ? []
        : drawing.curves.flatMap(({ source, nearest }) => {
            const reading = nearest(at);
            return reading === undefined ? [] : [{ colour: source.colour, reading }];
          });
    drawCardOverlay(this.#overlay, {
      chart: this.chart,
      drawing,
      tokens: input.tokens,
      width: input.width,
      height: input.height,
      pointer,
      selected,
      readings,
      box,
    });
  }

  /** The place of the point that is nearest to a place, of all curves, in data units. */
  nearestPlace(x: number): number {
    let best: number | undefined;
    for (const { nearest } of this.#drawing?.curves ?? []) {
      const found = nearest(x)?.x;
      if (found !== undefined && (best === undefined || Math.abs(found - x) < Math.abs(best - x)))
        best = found;
    }
    return best ?? x;
  }

  /** The place under a pixel, in data units. */
  xAt(pixel: number): number {
    return fromAxis(this.chart.xAt(pixel), this.#drawing?.look.logX === true);
  }

  yAt(pixel: number): number {
    return fromAxis(this.chart.yAt('values', pixel), this.#drawing?.look.logY === true);
  }

  /** The values of all curves at a place, with their distances from a height in pixels. */
  rowsAt(x: number, y: number): TipRow[] {
    const { curves = [], look } = this.#drawing ?? {};
    return curves.flatMap(({ source, nearest }) => {
      const reading = nearest(x);
      if (reading === undefined) return [];
      const pixel = this.chart.yOf('values', toAxis(reading.smoothed, look?.logY === true));
      const distance = Number.isFinite(pixel) ? Math.abs(pixel - y) : Number.POSITIVE_INFINITY;
      return [{ source, reading, distance }];
    });
  }

  close(): void {
    this.chart.close();
  }
}
