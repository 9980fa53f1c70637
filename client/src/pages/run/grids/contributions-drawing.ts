/** Draws the contributions to an output channel: in full for few inputs, as small tiles for many. */

import { MARK } from '../../../decode/decoded.js';
import { blitMap, createAtlas } from '../../../drawing/blit.js';
import { colourIndex, cssOf, isLight, type Limits } from '../../../drawing/lut.js';
import { valueStack } from '../../../drawing/map-stack.js';
import { markOf, SIGN_INK } from '../../../drawing/non-finite.js';
import type { Colouring } from '../../../drawing/painter.js';
import type { Palette } from '../../../drawing/palette.js';
import { drawSigns } from '../../../drawing/signs.js';
import type { Scroll } from '../../../grids/use-map-scroll.js';
import { formatCell, formatValue } from '../../../ui/format.js';
import { strokeIcon } from '../../../ui/icons.js';
import type { Size } from '../../../ui/use-size.js';
import { inputName } from '../shown/input-name.js';
import { bySize, type Contribution, type Contributions } from '../state/contributions.js';
import type { Selection } from '../state/selection.js';

/** Up to this many inputs are drawn in full, with the numbers of their kernels. */
export const IN_FULL = 3;

/** Where a contribution was drawn. */
export interface Tile {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** The margins of all rms values are in the head: here is no room for them. */
function approximately(text: string, { rms, rmsBound }: Contribution): string {
  return rmsBound > 0 && Number.isFinite(rms) ? `≈ ${text}` : text;
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export interface Scene {
  readonly context: CanvasRenderingContext2D;
  /** Of the view, which shows a part of the drawing. */
  readonly size: { readonly width: number; readonly height: number };
  readonly scroll: Scroll;
  readonly selection: Selection;
  readonly contributions: Contributions;
  readonly tokens: Palette['tokens'];
  readonly signedColours: Colouring;
  readonly kernelColours: Colouring;
  readonly result: Colouring;
  readonly kernelLimits: Limits;
}

/** What the sizes of a drawing depend on. */
type Measured = Pick<Scene, 'contributions' | 'selection' | 'size'>;

/** Rows smaller than this do not show what a map looks like. */
const LEAST_ROW = 64;

/** The result is beside the middle row, with two lines of text above it. */
function resultTop(rows: number, rowHeight: number): number {
  return Math.max(34, Math.floor(rows / 2) * rowHeight + 16);
}

/** Sizes of a drawing in full: rows of kernel and contribution, and the result beside them. */
function fullGrid({ contributions, selection, size }: Measured) {
  const [, mapHeight, mapWidth] = contributions.stack.shape;
  const [, , kernelHeight, kernelWidth] = selection.kernels?.shape ?? [0, 0, 1, 1];
  const rows = contributions.parts.length;
  const least = Math.max(LEAST_ROW, mapHeight + 20, kernelHeight * 4 + 24);
  const rowHeight = Math.max(least, Math.min(122, Math.floor((size.height + 4) / rows)));
  const cell = Math.max(
    4,
    Math.min(30, Math.floor((rowHeight - 24) / kernelHeight), Math.floor((size.width * 0.4) / kernelWidth)),
  );
  const zoom = Math.max(
    1,
    Math.floor(Math.min((rowHeight - 20) / mapHeight, (size.width * 0.32) / mapWidth)),
  );
  const mapX = cell * kernelWidth + 28;
  const resultX = mapX + zoom * mapWidth + 24;
  const resultZoom = Math.max(1, Math.min(zoom, Math.floor((size.width - resultX) / mapWidth)));
  return {
    ...{ rowHeight, cell, zoom, mapX, resultX, resultZoom },
    width: resultX + resultZoom * mapWidth,
    height: Math.max(rows * rowHeight - 4, resultTop(rows, rowHeight) + resultZoom * mapHeight + 18),
  };
}

/** Sizes of the tiles of many contributions, for a view of this width. */
function tileGrid({ contributions, selection, size: { width } }: Measured) {
  const [, mapHeight, mapWidth] = contributions.stack.shape;
  const [, , kernelHeight, kernelWidth] = selection.kernels?.shape ?? [0, 0, 1, 1];
  const zoom = Math.max(1, Math.floor(48 / Math.max(mapHeight, mapWidth)));
  const tileWidth = mapWidth * zoom;
  const kernelZoom = Math.max(2, Math.floor(24 / Math.max(kernelHeight, kernelWidth)));
  const inset = kernelWidth * kernelZoom + 4;
  const columns = Math.max(1, Math.floor((width + 8) / (inset + tileWidth + 8)));
  const rowHeight = Math.max(mapHeight * zoom, kernelHeight * kernelZoom) + 18;
  return {
    ...{ zoom, tileWidth, kernelZoom, inset, columns, rowHeight },
    cell: Math.floor((width + 8) / columns),
    width: inset + tileWidth,
    height: Math.ceil(contributions.parts.length / columns) * rowHeight,
  };
}

/** The size of the whole drawing; it may be smaller than the view. */
export function drawingSize(scene: Measured, inFull: boolean): Size {
  const { width, height } = inFull ? fullGrid(scene) : tileGrid(scene);
  return { width, height };
}

/** The indices of the contributions in the order in which they are shown. */
export function shownOrder({ parts }: Contributions, order: 'size' | 'index'): number[] {
  const sorted = order === 'index' ? parts : [...parts].sort(bySize);
  return sorted.map(({ index }) => index);
}

/** Where the row of the contribution at this place of the order is. */
export function rowOf(
  scene: Measured,
  inFull: boolean,
  place: number,
): { readonly top: number; readonly height: number } {
  const { columns, rowHeight } = inFull ? { columns: 1, ...fullGrid(scene) } : tileGrid(scene);
  return { top: Math.floor(place / columns) * rowHeight, height: rowHeight };
}

/** One row per input: the kernel with its numbers and its contribution. The bias and the result are at the right. */
export function drawInFull(scene: Scene): Tile[] {
  const { context, selection, contributions, tokens, signedColours, kernelLimits } = scene;
  const { kernels, output, channel, bias } = selection;
  if (kernels === undefined) return [];
  const [, perGroup, kernelHeight, kernelWidth] = kernels.shape;
  const [, mapHeight, mapWidth] = contributions.stack.shape;
  const rows = contributions.parts.length;
  const { rowHeight, cell, zoom, mapX, resultX, resultZoom } = fullGrid(scene);
  const maps = createAtlas('contributions', contributions.stack, indices(rows), signedColours);
  const tiles: Tile[] = [];
  for (const part of contributions.parts) {
    const { inChannel, index, rms } = part;
    const text = approximately(formatValue(rms), part);
    const top = index * rowHeight;
    context.font = `500 11px ${tokens.font}`;
    context.fillStyle = tokens['text-2'];
    context.textAlign = 'left';
    context.fillText(inputName(selection, inChannel), 0, top + 10);
    context.font = `11px ${tokens.font}`;
    context.fillStyle = tokens['text-3'];
    context.textAlign = 'right';
    context.fillText(zoom * mapWidth < 60 ? text : `rms ${text}`, mapX + zoom * mapWidth, top + 10);
    for (let at = 0; at < kernelHeight * kernelWidth; at++) {
      const value = kernels.data[(channel * perGroup + index) * kernelHeight * kernelWidth + at]!;
      const x = (at % kernelWidth) * cell;
      const y = top + 16 + Math.floor(at / kernelWidth) * cell;
      const mark = markOf(value);
      const isNumber = mark === MARK.finite;
      const pixel = isNumber
        ? signedColours.lut[colourIndex(value, kernelLimits)]!
        : signedColours.nonFinite[mark];
      context.fillStyle = cssOf(pixel);
      context.fillRect(x, y, cell - 1, cell - 1);
      if (cell < 26) continue;
      context.fillStyle = !isNumber || isLight(pixel) ? SIGN_INK : '#fff';
      context.textAlign = 'center';
      context.fillText(formatCell(value), x + cell / 2 - 0.5, y + cell / 2 + 4);
    }
    const middle = top + 16 + (cell * kernelHeight) / 2;
    context.textAlign = 'left';
    context.font = `13px ${tokens.font}`;
    context.fillStyle = tokens['text-3'];
    strokeIcon(context, 'arrow', cell * kernelWidth + 7, middle - 6, 12, tokens['text-3']);
    if (index + 1 < rows) context.fillText('+', cell * kernelWidth + 9, top + rowHeight + 8);
    maps.draw(context, index, mapX, top + 16, zoom);
    drawSigns(context, contributions.stack, index, mapX, top + 16, zoom);
    tiles.push({ index, x: mapX, y: top + 16, zoom });
  }
  if (output === undefined) return tiles;
  const top = resultTop(rows, rowHeight);
  context.font = `13px ${tokens.font}`;
  context.fillText('=', resultX - 17, top + (mapHeight * resultZoom) / 3);
  context.font = `11px ${tokens.font}`;
  const isRelu = selection.hasStages && output.rectified;
  context.fillText(`+ bias ${bias === undefined ? 'none' : formatValue(bias[channel]!)}`, resultX, top - 22);
  context.fillText(isRelu ? 'then ReLU =' : '=', resultX, top - 6);
  blitMap(context, output, channel, resultX, top, resultZoom, scene.result);
  drawSigns(context, output, channel, resultX, top, resultZoom);
  context.fillStyle = tokens.text;
  context.font = `600 11px ${tokens.font}`;
  context.fillText(`out ${channel}`, resultX, top + mapHeight * resultZoom + 14);
  return tiles;
}

/** Kernels and contributions side by side, those of the view. The chosen one has a ring. */
export function drawTiles(scene: Scene, order: 'size' | 'index', chosen: number | undefined): Tile[] {
  const { context, size, scroll, selection, contributions, tokens, signedColours, kernelColours } = scene;
  const { kernels, channel } = selection;
  if (kernels === undefined) return [];
  const [, perGroup, kernelHeight, kernelWidth] = kernels.shape;
  const [, mapHeight] = contributions.stack.shape;
  const { zoom, tileWidth, kernelZoom, inset, columns, rowHeight, cell } = tileGrid(scene);
  const kernelSize = kernelHeight * kernelWidth;
  const own = kernels.data.subarray(channel * perGroup * kernelSize, (channel + 1) * perGroup * kernelSize);
  const kernelStack = valueStack(own, [perGroup, kernelHeight, kernelWidth]);
  const kernelTiles = createAtlas('kernels', kernelStack, indices(perGroup), kernelColours);
  const maps = createAtlas(
    'contributions',
    contributions.stack,
    indices(contributions.parts.length),
    signedColours,
  );
  const tiles: Tile[] = [];
  shownOrder(contributions, order).forEach((shown, place) => {
    const part = contributions.parts[shown]!;
    const { inChannel, index, rms } = part;
    const text = approximately(rms < 1e4 ? rms.toFixed(2) : formatValue(rms, 1), part);
    const x = (place % columns) * cell;
    const y = Math.floor(place / columns) * rowHeight;
    if (y + rowHeight < scroll.top || y > scroll.top + size.height) return;
    const isChosen = index === chosen;
    context.textAlign = 'left';
    context.font = `${isChosen ? 600 : 400} 11px ${tokens.font}`;
    context.fillStyle = isChosen ? tokens.text : tokens['text-2'];
    context.fillText(`in ${inChannel}`, x, y + 10);
    context.textAlign = 'right';
    context.font = `11px ${tokens.font}`;
    context.fillStyle = tokens['text-3'];
    context.fillText(text, x + inset + tileWidth, y + 10);
    kernelTiles.draw(context, index, x, y + 14, kernelZoom);
    maps.draw(context, index, x + inset, y + 14, zoom);
    drawSigns(context, contributions.stack, index, x + inset, y + 14, zoom);
    if (isChosen) {
      context.strokeStyle = tokens.accent;
      context.lineWidth = 2;
      context.strokeRect(x + inset - 1, y + 13, tileWidth + 2, mapHeight * zoom + 2);
    }
    tiles.push({ index, x: x + inset, y: y + 14, zoom });
  });
  context.textAlign = 'left';
  return tiles;
}
