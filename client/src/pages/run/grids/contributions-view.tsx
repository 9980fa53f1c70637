/** "What makes out N": each input channel's kernel and what it adds, largest first; in full for a picture. */
import { type PointerEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { blitMap, createAtlas } from '../../../drawing/blit.js';
import { fitCanvas } from '../../../drawing/canvas.js';
import { colourIndex, cssOf, isLight, type Limits } from '../../../drawing/lut.js';
import { valueAt, valueStack } from '../../../drawing/map-stack.js';
import type { Colouring } from '../../../drawing/painter.js';
import { usePalette } from '../../../drawing/palette.js';
import { formatCell, formatValue } from '../../../ui/format.js';
import { strokeIcon } from '../../../ui/icons.js';
import { Select } from '../../../ui/select.js';
import { showTip } from '../../../ui/tooltip.js';
import { useSize } from '../../../ui/use-size.js';
import { useApp } from '../run-page-context.js';
import { type Contributions, contributionsOf, inputsOf } from '../state/contributions.js';
import type { Selection } from '../state/selection.js';
import { drawMark } from './grid-overlay.js';
import { inputName } from './input-pane.js';
import { useLimits, useOutlined } from './pane-hooks.js';
import './contributions-view.css';

/** Up to this many inputs are drawn in full, with the numbers of their kernels. */
const IN_FULL = 3;

interface Tile {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export function ContributionsView({
  selection,
  kernelLimits,
}: {
  selection: Selection;
  kernelLimits: Limits;
}) {
  const app = useApp();
  const palette = usePalette();
  const [boxRef, size] = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const tilesRef = useRef<readonly Tile[]>([]);
  const [order, setOrder] = useState<'size' | 'index'>('size');
  const [shown, setShown] = useState(0);
  const cellId = useId();
  const { channel, output, layer, frame, signed } = selection;
  const { input, kernels } = selection;
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the selection only these decide what is added up
  const contributions = useMemo(() => contributionsOf(selection), [input, kernels, channel]);
  const outlined = useOutlined(selection);
  const outputColours = useLimits('output', output, frame?.output?.decoded, layer.output.tag, signed, 'run');
  const { count } = inputsOf(selection);
  const inFull = count <= IN_FULL;

  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas && size.width > 0 ? fitCanvas(canvas, size.width, size.height) : undefined;
    if (context === undefined || context === null || contributions === undefined || kernels === undefined)
      return;
    const { tokens, luts, nonFinite, well } = palette;
    const signedColours: Colouring = {
      lut: luts.RdBu,
      limits: () => ({ lo: -contributions.absolute, hi: contributions.absolute }),
      nonFinite,
      well,
    };
    const kernelColours: Colouring = { lut: luts.RdBu, limits: () => kernelLimits, nonFinite, well };
    const result: Colouring = {
      lut: signed ? luts.RdBu : luts.viridis,
      limits: outputColours.limits,
      nonFinite,
      well,
    };
    const scene = {
      context,
      size,
      selection,
      contributions,
      tokens,
      signedColours,
      kernelColours,
      result,
      kernelLimits,
    };
    const tiles = inFull ? drawInFull(scene) : drawTiles(scene, order);
    tilesRef.current = tiles;
    setShown(tiles.length);
    if (outlined !== undefined) {
      const [, mapHeight, mapWidth] = contributions.stack.shape;
      const mark = { y0: outlined.y, y1: outlined.y, x0: outlined.x, x1: outlined.x };
      for (const { x, y, zoom } of tiles) drawMark(context, mark, x, y, { zoom, mapHeight, mapWidth }, true);
    }
  }, [
    size,
    selection,
    contributions,
    kernels,
    kernelLimits,
    palette,
    order,
    inFull,
    outlined,
    signed,
    outputColours.limits,
  ]);

  const at = (event: PointerEvent | React.MouseEvent) => {
    const box = canvasRef.current?.getBoundingClientRect();
    if (box === undefined || contributions === undefined) return undefined;
    const [, height, width] = contributions.stack.shape;
    for (const { index, x, y, zoom } of tilesRef.current) {
      const px = Math.floor((event.clientX - box.left - x) / zoom);
      const py = Math.floor((event.clientY - box.top - y) / zoom);
      if (px >= 0 && py >= 0 && px < width && py < height) return { index, y: py, x: px };
    }
    return undefined;
  };
  const onHover = (event: PointerEvent): void => {
    const place = at(event);
    if (place === undefined || contributions === undefined) {
      app.hover.set(undefined);
      showTip(undefined);
      return;
    }
    app.hover.set({ grid: 'output', channel, y: place.y, x: place.x });
    const { inChannel } = contributions.parts[place.index]!;
    showTip({
      value: formatValue(valueAt(contributions.stack, place.index, place.y, place.x)),
      place: `${inputName(selection, inChannel)} in out ${channel}, y ${place.y}, x ${place.x}`,
      x: event.clientX,
      y: event.clientY,
    });
  };
  return (
    <>
      <div className="contributions-head">
        <h2 className="heading">What makes out {channel}</h2>
        <span className="micro ellipsis">kernel × input, rms</span>
        <span className="grow" />
        {!inFull && (
          <Select
            label="Order of the input channels"
            text="by"
            value={order}
            options={[
              ['size', 'size'],
              ['index', 'index'],
            ]}
            onChange={setOrder}
          />
        )}
        {contributions !== undefined && (
          <span className="micro" title="Limits of the colours of these maps">
            {shown < count ? `${shown} of ${count}, ` : ''}±{formatValue(contributions.absolute, 2)}
          </span>
        )}
      </div>
      <div
        className="contributions"
        ref={boxRef}
        role="grid"
        tabIndex={0}
        aria-label={`Contribution of every input channel to out ${channel}. Arrow keys move the pixel`}
        aria-activedescendant={cellId}
        onPointerMove={onHover}
        onPointerLeave={() => {
          app.hover.set(undefined);
          showTip(undefined);
        }}
        onClick={(event) => {
          const place = at(event);
          if (place !== undefined) app.show({ y: place.y, x: place.x });
        }}
        onKeyDown={(event) => {
          const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
            event.key
          ];
          if (move === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          app.movePixel(move[0]!, move[1]!);
        }}
      >
        <canvas
          ref={canvasRef}
          aria-hidden="true"
          data-grid="contributions"
          data-layer={layer.name}
          data-channel={channel}
        />
        <div role="row" className="sr">
          <span role="gridcell" id={cellId} tabIndex={-1}>
            {contributions === undefined ? 'not loaded' : describe(contributions, selection)}
          </span>
        </div>
      </div>
    </>
  );
}

function describe({ parts, stack }: Contributions, selection: Selection): string {
  const largest = [...parts].sort((a, b) => b.rms - a.rms).slice(0, 3);
  const said = largest.map(
    ({ inChannel, index }) =>
      `${inputName(selection, inChannel)} ${formatValue(valueAt(stack, index, selection.y, selection.x))}`,
  );
  return `y ${selection.y}, x ${selection.x}: ${said.join(', ')}`;
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

interface Scene {
  readonly context: CanvasRenderingContext2D;
  readonly size: { readonly width: number; readonly height: number };
  readonly selection: Selection;
  readonly contributions: Contributions;
  readonly tokens: ReturnType<typeof usePalette>['tokens'];
  readonly signedColours: Colouring;
  readonly kernelColours: Colouring;
  readonly result: Colouring;
  readonly kernelLimits: Limits;
}

/** One row an input: kernel with numbers → contribution; at the right the bias and the result. */
function drawInFull(scene: Scene): Tile[] {
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
  for (const { inChannel, index, rms } of contributions.parts) {
    const top = index * rowHeight;
    context.font = `500 11px ${tokens.font}`;
    context.fillStyle = tokens['text-2'];
    context.textAlign = 'left';
    context.fillText(inputName(selection, inChannel), 0, top + 10);
    context.font = `11px ${tokens.font}`;
    context.fillStyle = tokens['text-3'];
    context.textAlign = 'right';
    context.fillText(
      zoom * mapWidth < 60 ? formatValue(rms) : `rms ${formatValue(rms)}`,
      mapX + zoom * mapWidth,
      top + 10,
    );
    for (let at = 0; at < kernelHeight * kernelWidth; at++) {
      const value = kernels.data[(channel * perGroup + index) * kernelHeight * kernelWidth + at]!;
      const x = (at % kernelWidth) * cell;
      const y = top + 16 + Math.floor(at / kernelWidth) * cell;
      const pixel = Number.isFinite(value)
        ? signedColours.lut[colourIndex(value, kernelLimits)]!
        : signedColours.nonFinite;
      context.fillStyle = cssOf(pixel);
      context.fillRect(x, y, cell - 1, cell - 1);
      if (cell < 26) continue;
      context.fillStyle = isLight(pixel) ? '#111' : '#fff';
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
  context.fillStyle = tokens.text;
  context.font = `600 11px ${tokens.font}`;
  context.fillText(`out ${channel}`, resultX, top + mapHeight * resultZoom + 14);
  return tiles;
}

/** Many inputs: kernel and contribution side by side, as many as there is room for. */
function drawTiles(scene: Scene, order: 'size' | 'index'): Tile[] {
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
  const sorted =
    order === 'index' ? contributions.parts : [...contributions.parts].sort((a, b) => b.rms - a.rms);
  const tiles: Tile[] = [];
  sorted.forEach(({ inChannel, index, rms }, place) => {
    const x = (place % columns) * cell;
    const y = Math.floor(place / columns) * rowHeight;
    if (y + rowHeight - 4 > size.height) return;
    context.font = `11px ${tokens.font}`;
    context.textAlign = 'left';
    context.fillStyle = tokens['text-2'];
    context.fillText(`in ${inChannel}`, x, y + 10);
    context.textAlign = 'right';
    context.fillStyle = tokens['text-3'];
    context.fillText(rms < 1e4 ? rms.toFixed(2) : formatValue(rms, 1), x + inset + tileWidth, y + 10);
    kernelTiles.draw(context, index, x, y + 14, kernelZoom);
    maps.draw(context, index, x + inset, y + 14, zoom);
    tiles.push({ index, x: x + inset, y: y + 14, zoom });
  });
  context.textAlign = 'left';
  return tiles;
}
