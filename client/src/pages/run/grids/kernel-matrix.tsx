/** All kernels of a layer: one row per input channel, one column per output channel. */
import { type PointerEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { fitCanvas } from '../../../drawing/canvas.js';
import type { Limits } from '../../../drawing/lut.js';
import type { ValueStack } from '../../../drawing/map-stack.js';
import { paintTiles } from '../../../drawing/painter.js';
import { usePalette } from '../../../drawing/palette.js';
import type { TileLayout } from '../../../drawing/tile-layout.js';
import { noteDrawn } from '../../../ui/diagnostics.js';
import { formatValue } from '../../../ui/format.js';
import { showTip } from '../../../ui/tooltip.js';
import { useSize } from '../../../ui/use-size.js';
import { useRunPage } from '../run-page-context.js';
import type { Selection } from '../state/selection.js';
import './kernel-matrix.css';

const HEAD = 13;
const SIDE = 16;
const TALLEST = 256;
const LARGEST_ZOOM = 8;

export interface KernelMatrixProps {
  readonly selection: Selection;
  readonly shape: readonly [out: number, perGroup: number, height: number, width: number];
  readonly stack: ValueStack | undefined;
  readonly limits: Limits;
  readonly highlight: Limits | undefined;
}

function matrixLayout(shape: KernelMatrixProps['shape'], width: number): TileLayout {
  const [columns, rows, mapHeight, mapWidth] = shape;
  const at = (zoom: number): TileLayout => {
    const gap = zoom >= 6 ? 2 : 1;
    const pitchX = mapWidth * zoom + gap;
    const pitchY = mapHeight * zoom + gap;
    return {
      count: columns * rows,
      mapHeight,
      mapWidth,
      zoom,
      unit: 1,
      columns,
      rows,
      pitchX,
      pitchY,
      insetX: 0,
      insetY: 0,
      width: columns * pitchX - gap,
      height: rows * pitchY - gap,
    };
  };
  let layout = at(1);
  for (let zoom = 2; zoom <= LARGEST_ZOOM; zoom++) {
    const next = at(zoom);
    if (next.width > width - SIDE || next.height > TALLEST) break;
    layout = next;
  }
  return layout;
}

/** The distance between numbered rows or columns, so that their numbers do not overlap. */
function stride(pitch: number, room: number): number {
  for (const every of [1, 2, 4, 8, 16, 32, 64]) if (every * pitch >= room) return every;
  return 128;
}

export function KernelMatrix({ selection, shape, stack, limits, highlight }: KernelMatrixProps) {
  const app = useRunPage();
  const palette = usePalette();
  const { tokens, luts, nonFinite, well } = palette;
  const [boxRef, size] = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const overlayRef = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<number | undefined>(undefined);
  const cellId = useId();
  const { channel, layer, frame } = selection;
  const [out, perGroup, kernelHeight, kernelWidth] = shape;
  const layout = useMemo(() => matrixLayout(shape, size.width), [shape, size.width]);
  // Tile (row i, column o) shows kernel o·perGroup + i of [out, in/groups, kH, kW].
  const order = useMemo(
    () =>
      Array.from(
        { length: out * perGroup },
        (_, index) => (index % out) * perGroup + Math.floor(index / out),
      ),
    [out, perGroup],
  );
  const step = frame?.weight?.step;
  const tag = layer.weight?.tag ?? '';

  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext('2d', { willReadFrequently: true });
    if (!canvas || !context || size.width === 0) return;
    canvas.width = layout.width;
    canvas.height = layout.height;
    const image = context.createImageData(layout.width, layout.height);
    const target = { width: layout.width, height: layout.height, pixels: new Uint32Array(image.data.buffer) };
    paintTiles(target, layout, order, stack, {
      lut: luts.RdBu,
      limits: () => limits,
      nonFinite,
      well,
      highlight,
    });
    context.putImageData(image, 0, 0);
    if (stack !== undefined && step !== undefined) noteDrawn(tag, step);
  }, [size.width, layout, order, stack, limits, luts, nonFinite, well, highlight, step, tag]);

  useLayoutEffect(() => {
    const canvas = overlayRef.current;
    const context = canvas ? fitCanvas(canvas, SIDE + layout.width + 1, HEAD + layout.height + 1) : undefined;
    if (context === undefined) return;
    const washed = (column: number, alpha: number) => {
      context.globalAlpha = alpha;
      context.fillStyle = tokens['accent-wash'];
      context.fillRect(SIDE + column * layout.pitchX - 1, 0, kernelWidth * layout.zoom + 2, HEAD);
      context.globalAlpha = 1;
    };
    if (hovered !== undefined && hovered !== channel) washed(hovered, 0.6);
    washed(channel, 1);
    context.textBaseline = 'middle';
    context.textAlign = 'center';
    const every = stride(layout.pitchX, 22);
    for (let column = 0; column < out; column++) {
      const chosen = column === channel;
      if (!chosen && (column % every !== 0 || Math.abs(column - channel) * layout.pitchX < 18)) continue;
      context.font = `${chosen ? 600 : 400} 11px ${tokens.font}`;
      context.fillStyle = chosen ? tokens.text : tokens['text-3'];
      context.fillText(String(column), SIDE + column * layout.pitchX + (kernelWidth * layout.zoom) / 2, 6);
    }
    context.textAlign = 'right';
    context.font = `11px ${tokens.font}`;
    context.fillStyle = tokens['text-3'];
    const everyRow = stride(layout.pitchY, 13);
    for (let row = 0; row < perGroup; row += everyRow) {
      context.fillText(String(row), SIDE - 4, HEAD + row * layout.pitchY + (kernelHeight * layout.zoom) / 2);
    }
    context.strokeStyle = tokens.accent;
    context.lineWidth = 2;
    context.strokeRect(
      SIDE + channel * layout.pitchX - 1,
      HEAD - 1,
      kernelWidth * layout.zoom + 2,
      layout.height + 2,
    );
  }, [layout, channel, hovered, out, perGroup, kernelHeight, kernelWidth, tokens]);

  const columnAt = (event: PointerEvent | React.MouseEvent): number => {
    const box = canvasRef.current?.getBoundingClientRect();
    const column = Math.floor((event.clientX - (box?.left ?? 0)) / layout.pitchX);
    return Math.max(0, Math.min(out - 1, column));
  };
  const onHover = (event: PointerEvent): void => {
    setHovered(columnAt(event));
    const box = canvasRef.current?.getBoundingClientRect();
    if (box === undefined || stack === undefined) return;
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const [column, row] = [Math.floor(x / layout.pitchX), Math.floor(y / layout.pitchY)];
    const kx = Math.floor((x - column * layout.pitchX) / layout.zoom);
    const ky = Math.floor((y - row * layout.pitchY) / layout.zoom);
    const inside =
      column >= 0 && column < out && row >= 0 && row < perGroup && kx < kernelWidth && ky < kernelHeight;
    const at = ((column * perGroup + row) * kernelHeight + ky) * kernelWidth + kx;
    showTip(
      inside && kx >= 0 && ky >= 0
        ? {
            value: formatValue(stack.values[at]!, 4),
            place: `in ${row} to out ${column}, ky ${ky}, kx ${kx}`,
            x: event.clientX,
            y: event.clientY,
          }
        : undefined,
    );
  };
  return (
    <div
      className="kernel-matrix"
      ref={boxRef}
      role="grid"
      tabIndex={0}
      aria-label="Kernel matrix. Left and right choose the output channel"
      aria-activedescendant={cellId}
      style={{ height: HEAD + Math.min(TALLEST, layout.height) + 2 }}
      onPointerMove={onHover}
      onPointerLeave={() => {
        setHovered(undefined);
        showTip(undefined);
      }}
      onClick={(event) => app.selectChannel(columnAt(event))}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        app.selectChannel(channel + by, 'move');
      }}
    >
      <canvas
        ref={canvasRef}
        className="map-canvas"
        aria-hidden="true"
        style={{ position: 'absolute', left: SIDE, top: HEAD, width: layout.width, height: layout.height }}
        data-grid="kernels"
        data-tag={tag}
        data-layer={layer.name}
        data-role="weight"
        data-step={step ?? ''}
        data-lut="RdBu"
        data-lo={limits.lo}
        data-hi={limits.hi}
        data-unit={1}
        data-zoom={layout.zoom}
        data-columns={out}
        data-pitch={`${layout.pitchX},${layout.pitchY}`}
        data-inset="0,0"
      />
      <canvas
        ref={overlayRef}
        aria-hidden="true"
        style={{ position: 'absolute', left: 0, top: 0, pointerEvents: 'none' }}
      />
      <div role="row" className="sr">
        <span role="gridcell" id={cellId} tabIndex={-1}>
          kernels of {layer.name} out {channel}
        </span>
      </div>
    </div>
  );
}
