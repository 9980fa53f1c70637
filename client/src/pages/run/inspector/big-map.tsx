/** The selected map, magnified, with a crosshair that can be dragged. */
import { type PointerEvent, useLayoutEffect, useRef } from 'react';
import { blitMap } from '../../../drawing/blit.js';
import { fitCanvas } from '../../../drawing/canvas.js';
import { usePalette } from '../../../drawing/palette.js';
import { drawSigns } from '../../../drawing/signs.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { useLimits } from '../shown/use-limits.js';
import type { Selection, Window } from '../state/selection.js';

const BIG = 160;
/** Visible on any map: a light line on a dark one. */
const OUTLINE = [
  [3, 'rgb(0 0 0 / .55)'],
  [1, '#fff'],
] as const;

export function BigMap({
  selection,
  reach,
}: {
  selection: Selection;
  /** Pixels that are outlined instead of the pinned one. */
  reach?: Window | undefined;
}) {
  const app = useRunPage();
  const { tokens, luts, nonFinite, well } = usePalette();
  const lock = useStore(app.view, (view) => view.lock);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const crossRef = useRef<HTMLCanvasElement>(null);
  // The crosshair is at the pinned pixel, as the number above it is, and does not follow the pointer over a grid.
  const { output, signed, channel, layer, frame, shape, y: pinnedY, x: pinnedX } = selection;
  const { limits } = useLimits('output', output, frame?.output?.decoded, layer.output.tag, signed, lock);
  const [, height, width] = shape ?? [1, 1, 1];
  const zoom = BIG / Math.max(height, width);
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas ? fitCanvas(canvas, BIG, BIG) : undefined;
    if (context === undefined) return;
    if (output === undefined) {
      context.fillStyle = tokens.well;
      context.fillRect(0, 0, BIG, BIG);
      return;
    }
    blitMap(context, output, channel, 0, 0, zoom, {
      lut: signed ? luts.RdBu : luts.viridis,
      limits,
      nonFinite,
      well,
    });
    drawSigns(context, output, channel, 0, 0, zoom);
  }, [output, channel, zoom, signed, tokens, luts, limits, nonFinite, well]);
  useLayoutEffect(() => {
    const canvas = crossRef.current;
    const context = canvas ? fitCanvas(canvas, BIG, BIG) : undefined;
    if (context === undefined || output === undefined) return;
    if (reach !== undefined) {
      const [left, top] = [Math.max(0, reach.x0) * zoom, Math.max(0, reach.y0) * zoom];
      const right = (Math.min(width - 1, reach.x1) + 1) * zoom;
      const bottom = (Math.min(height - 1, reach.y1) + 1) * zoom;
      for (const [lineWidth, colour] of OUTLINE) {
        context.strokeStyle = colour;
        context.lineWidth = lineWidth;
        context.strokeRect(left + 1, top + 1, Math.max(1, right - left - 2), Math.max(1, bottom - top - 2));
      }
      return;
    }
    const x = pinnedX * zoom;
    const y = pinnedY * zoom;
    for (const [lineWidth, colour] of OUTLINE) {
      context.strokeStyle = colour;
      context.lineWidth = lineWidth;
      context.beginPath();
      context.moveTo(x + zoom / 2, 0);
      context.lineTo(x + zoom / 2, y);
      context.moveTo(x + zoom / 2, y + zoom);
      context.lineTo(x + zoom / 2, height * zoom);
      context.moveTo(0, y + zoom / 2);
      context.lineTo(x, y + zoom / 2);
      context.moveTo(x + zoom, y + zoom / 2);
      context.lineTo(width * zoom, y + zoom / 2);
      context.stroke();
      context.strokeRect(x + 0.5, y + 0.5, zoom - 1, zoom - 1);
    }
  }, [pinnedY, pinnedX, output, zoom, height, width, reach]);
  const hover = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const [y, x] = [event.clientY - box.top, event.clientX - box.left].map((at) => Math.floor(at / zoom));
    const isInside = y! >= 0 && x! >= 0 && y! < height && x! < width;
    app.hover.set(isInside ? { grid: 'output', channel, y: y!, x: x! } : undefined);
  };
  const pin = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = (place: number, size: number) => Math.max(0, Math.min(size - 1, Math.floor(place / zoom)));
    const pixel = { y: at(event.clientY - box.top, height), x: at(event.clientX - box.left, width) };
    app.show(pixel, 'move');
  };
  return (
    <div
      className="big-map"
      role="img"
      aria-label={`Map of ${layer.name} out ${channel}, magnified; drag to move the pixel`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pin(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons !== 0) pin(event);
        hover(event);
      }}
      onPointerLeave={() => app.hover.set(undefined)}
    >
      <canvas ref={canvasRef} aria-hidden="true" />
      <canvas ref={crossRef} aria-hidden="true" />
    </div>
  );
}
