/** A grid of maps as a picture, with its title and its scale. */
import { withoutTurns } from '@convscope/shared/printable.js';
import { MARK } from '../../../decode/decoded.js';
import { blitMap } from '../../../drawing/blit.js';
import { cssOf, type Limits, type LutName } from '../../../drawing/lut.js';
import { countMarks, type MapStack } from '../../../drawing/map-stack.js';
import { NON_FINITE } from '../../../drawing/non-finite.js';
import type { Palette } from '../../../drawing/palette.js';
import { formatStep, formatValue } from '../../../ui/format.js';

export interface GridPicture {
  /** What the maps are, and of which step. */
  readonly title: string;
  readonly stack: MapStack;
  /** Channels in the order of the grid. */
  readonly order: readonly number[];
  readonly nameOf: (channel: number) => string;
  readonly lut: LutName;
  readonly limits: (channel: number) => Limits;
  /** The channel whose limits the scale has, where they differ. */
  readonly channel: number;
  readonly palette: Palette;
}

/** Browsers refuse larger canvases. */
const MOST_PIXELS = 8192;
const LARGEST_ZOOM = 8;
/** The size of a map to aim for. */
const MAP_PIXELS = 96;
const MARGIN = 16;
const TITLE = 28;
const LABEL = 16;
const GAP = 6;
const SCALE = 44;
const LEAST_WIDTH = 480;
/** Where it is said what the colours are. */
const BESIDE_SCALE = MARGIN + 330;
/** The side of the colour of what is not finite. */
const SWATCH = 10;

export async function pngOfGrid(grid: GridPicture): Promise<Uint8Array> {
  const { stack, order, palette, lut } = grid;
  const { tokens, luts, nonFinite, well } = palette;
  const [, height, width] = stack.shape;
  const columns = Math.max(1, Math.ceil(Math.sqrt((order.length * (height + LABEL)) / Math.max(1, width))));
  const rows = Math.ceil(order.length / columns);
  const room = Math.floor((MOST_PIXELS - 2 * MARGIN) / columns) - GAP;
  const zoom = Math.min(
    LARGEST_ZOOM,
    Math.max(1, Math.floor(MAP_PIXELS / Math.max(height, width))),
    room / width,
  );
  const pitch = [width * zoom + GAP, height * zoom + LABEL + GAP] as const;
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(LEAST_WIDTH, Math.ceil(columns * pitch[0]) + 2 * MARGIN);
  canvas.height = Math.min(MOST_PIXELS, Math.ceil(rows * pitch[1]) + TITLE + SCALE + 2 * MARGIN);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser gives no canvas to draw on.');
  context.fillStyle = tokens.bg;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = 'top';
  const write = (text: string, x: number, y: number, width?: number) => {
    context.fillStyle = tokens.text;
    context.font = `11px ${tokens.font}`;
    context.fillText(text, x, y, width);
  };
  context.fillStyle = tokens.text;
  context.font = `600 14px ${tokens.font}`;
  context.fillText(withoutTurns(grid.title), MARGIN, MARGIN, canvas.width - 2 * MARGIN);
  const colouring = { lut: luts[lut], limits: grid.limits, nonFinite, well };
  order.forEach((channel, at) => {
    const x = MARGIN + (at % columns) * pitch[0];
    const y = MARGIN + TITLE + Math.floor(at / columns) * pitch[1];
    if (pitch[0] > LABEL) write(grid.nameOf(channel), x, y, pitch[0] - 2);
    blitMap(context, stack, channel, x, y + LABEL, zoom, colouring);
  });
  const top = canvas.height - MARGIN - SCALE + GAP;
  drawScale(context, luts[lut], top);
  const { lo, hi } = grid.limits(grid.channel);
  const isShared = order.every((channel) => {
    const other = grid.limits(channel);
    return other.lo === lo && other.hi === hi;
  });
  const below = top + 14;
  const marks = countMarks(stack);
  const isAnyFinite = (marks[MARK.finite] ?? 0) > 0;
  write(isAnyFinite ? formatValue(lo) : 'no finite value', MARGIN, below);
  if (isAnyFinite) write(formatValue(hi), MARGIN + 264, below);
  write(
    isShared ? lut : `${lut}, scale of ${grid.nameOf(grid.channel)}; each channel has its own`,
    BESIDE_SCALE,
    top,
  );
  let left = BESIDE_SCALE;
  for (const { mark, name, token } of NON_FINITE) {
    const count = marks[mark] ?? 0;
    if (count === 0) continue;
    context.fillStyle = tokens[token];
    context.fillRect(left, below, SWATCH, SWATCH);
    const text = `${formatStep(count)} ${name}`;
    write(text, left + SWATCH + 4, below);
    left += SWATCH + 16 + context.measureText(text).width;
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The browser cannot draw a picture of this size.');
  return new Uint8Array(await blob.arrayBuffer());
}

function drawScale(context: CanvasRenderingContext2D, lut: Uint32Array, top: number): void {
  for (let index = 0; index < 256; index++) {
    context.fillStyle = cssOf(lut[index] ?? 0);
    context.fillRect(MARGIN + index, top, 1, 12);
  }
}
