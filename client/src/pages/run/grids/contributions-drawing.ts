/** Draws the contributions to an output channel: in full for few inputs, as small tiles for many. */

import { MARK } from '../../../decode/decoded.js';
import { blitMap, createAtlas } from '../../../drawing/blit.js';
import { colourIndex, cssOf, isLight, type Limits } from '../../../drawing/lut.js';
import { valueStack } from '../../../drawing/map-stack.js';
import { markOf, SIGN_INK } from '../../../drawing/non-finite.js';
import type { Colouring } from '../../../drawing/painter.js';
import type { Palette } from '../../../drawing/palette.js';
import { drawSigns } from '../../../drawing/signs.js';
import { formatCell, formatValue } from '../../../ui/format.js';
import { strokeIcon } from '../../../ui/icons.js';
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
  readonly size: { readonly width: number; readonly height: number };
  readonly selection: Selection;
  readonly contributions: Contributions;
  readonly tokens: Palette['tokens'];
  readonly signedColours: Colouring;
  readonly kernelColours: Colouring;
  readonly result: Colouring;
  readonly kernelLimits: Limits;
}

/** One row per input: the kernel with its numbers and its contribution. The bias and the result are at the right. */
export function drawInFull(scene: Scene): Tile[] {
  const { context, size, selection, contributions, tokens, signedColours, kernelLimits } = scene;
  const { kernels, output, channel, bias } = selection;
  if (kernels === undefined) return [];
  const [, perGroup, kernelHeight, kernelWidth] = kernels.shape;
  const [, mapHeight, mapWidth] = contributions.stack.shape;
  const rows = contributions.parts.length;
  const rowHeight = Math.min(122, Math.floor((size.height + 4) / rows));
  const cell = Math.max(4, Math.min(30, Math.floor((rowHeight - 24) / kernelHeight)));
  const zoom = Math.max(
    1,
    Math.floor(Math.min((rowHeight - 20) / mapHeight, (size.width * 0.32) / mapWidth)),
  );
  const mapX = cell * kernelWidth + 28;
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
  const resultX = mapX + zoom * mapWidth + 24;
  const resultZoom = Math.min(zoom, Math.floor((size.width - resultX) / mapWidth));
  if (output === undefined || resultZoom < 1) return tiles;
  const top = Math.floor(rows / 2) * rowHeight + 16;
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

/** Kernels and contributions side by side, as many as there is room for. */
export function drawTiles(scene: Scene, order: 'size' | 'index'): Tile[] {
  const { context, size, selection, contributions, tokens, signedColours, kernelColours } = scene;
  const { kernels, channel } = selection;
  if (kernels === undefined) return [];
  const [, perGroup, kernelHeight, kernelWidth] = kernels.shape;
  const [, mapHeight, mapWidth] = contributions.stack.shape;
  const zoom = Math.max(1, Math.floor(48 / Math.max(mapHeight, mapWidth)));
  const tileWidth = mapWidth * zoom;
  const kernelZoom = Math.max(2, Math.floor(24 / Math.max(kernelHeight, kernelWidth)));
  const inset = kernelWidth * kernelZoom + 4;
  const columns = Math.max(1, Math.floor((size.width + 8) / (inset + tileWidth + 8)));
  const cell = Math.floor((size.width + 8) / columns);
  const rowHeight = Math.max(mapHeight * zoom, kernelHeight * kernelZoom) + 18;
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
  const sorted = order === 'index' ? contributions.parts : [...contributions.parts].sort(bySize);
  const tiles: Tile[] = [];
  sorted.forEach((part, place) => {
    const { inChannel, index, rms } = part;
    const text = approximately(rms < 1e4 ? rms.toFixed(2) : formatValue(rms, 1), part);
    const x = (place % columns) * cell;
    const y = Math.floor(place / columns) * rowHeight;
    if (y + rowHeight - 4 > size.height) return;
    context.font = `11px ${tokens.font}`;
    context.textAlign = 'left';
    context.fillStyle = tokens['text-2'];
    context.fillText(`in ${inChannel}`, x, y + 10);
    context.textAlign = 'right';
    context.fillStyle = tokens['text-3'];
    context.fillText(text, x + inset + tileWidth, y + 10);
    kernelTiles.draw(context, index, x, y + 14, kernelZoom);
    maps.draw(context, index, x + inset, y + 14, zoom);
    drawSigns(context, contributions.stack, index, x + inset, y + 14, zoom);
    tiles.push({ index, x: x + inset, y: y + 14, zoom });
  });
  context.textAlign = 'left';
  return tiles;
}
