/** All kernels of a layer: one row per input channel, one column per output channel. */
import {
  type KeyboardEvent,
  type PointerEvent,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Limits } from '../../../drawing/lut.js';
import type { ValueStack } from '../../../drawing/map-stack.js';
import { paintTiles } from '../../../drawing/painter.js';
import { usePalette } from '../../../drawing/palette.js';
import { noteDrawn } from '../../../ui/diagnostics.js';
import { formatValue } from '../../../ui/format.js';
import { useStore } from '../../../ui/store.js';
import { showTip } from '../../../ui/tooltip.js';
import { useSize } from '../../../ui/use-size.js';
import { useRunPage } from '../run-page-context.js';
import type { Selection } from '../state/selection.js';
import { drawMatrixLabels } from './kernel-matrix-labels.js';
import {
  boxHeight,
  HEAD,
  type KernelShape,
  kernelsToPaint,
  partOf,
  weightAt,
} from './kernel-matrix-layout.js';
import { useMatrixZoom } from './use-matrix-zoom.js';
import './kernel-matrix.css';

export interface KernelMatrixProps {
  readonly selection: Selection;
  readonly shape: KernelShape;
  readonly stack: ValueStack | undefined;
  readonly limits: Limits;
  readonly highlight: Limits | undefined;
}

/** In a low window the matrix becomes as small as this, and scrolls. */
const LEAST_HEIGHT = 72;
/** Larger kernels are too long to be read out. */
const READ_OUT = 49;

export function KernelMatrix({ selection, shape, stack, limits, highlight }: KernelMatrixProps) {
  const app = useRunPage();
  const palette = usePalette();
  const { tokens, luts, nonFinite, well } = palette;
  const [boxRef, view] = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const overlayRef = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<{ readonly column: number; readonly row: number }>();
  const [row, setRow] = useState<number>();
  const cellId = useId();
  const { channel, layer, frame, description } = selection;
  const [out, perGroup, kernelHeight, kernelWidth] = shape;
  const cursor = Math.min(row ?? 0, perGroup - 1);
  const matrix = useMatrixZoom({
    boxRef,
    shape,
    view,
    column: channel,
    row: row === undefined ? undefined : cursor,
    chosen: useStore(app.view, ({ kernelZoom }) => kernelZoom),
    choose: (kernelZoom) => app.show({ kernelZoom }),
  });
  const { layout, scroll } = matrix;
  const { rows, columns } = kernelsToPaint(layout, scroll, view);
  const [firstRow, lastRow, firstColumn, lastColumn] = [rows.first, rows.last, columns.first, columns.last];
  // Tile (row i, column o) shows kernel o·perGroup + i of [out, in/groups, kH, kW].
  const { painted, order } = useMemo(() => {
    const part = partOf(layout, { first: firstRow, last: lastRow }, { first: firstColumn, last: lastColumn });
    const kernelOf = (index: number) =>
      (firstColumn + (index % part.columns)) * layout.rows + firstRow + Math.floor(index / part.columns);
    return { painted: part, order: Array.from({ length: part.count }, (_, index) => kernelOf(index)) };
  }, [layout, firstRow, lastRow, firstColumn, lastColumn]);
  const step = frame?.weight?.step;
  const tag = layer.weight?.tag ?? '';

  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas?.getContext('2d', { willReadFrequently: true });
    if (!canvas || !context || view.width === 0) return;
    const { width, height } = painted;
    canvas.width = width;
    canvas.height = height;
    const image = context.createImageData(width, height);
    const target = { width, height, pixels: new Uint32Array(image.data.buffer) };
    paintTiles(target, painted, order, stack, {
      lut: luts.RdBu,
      limits: () => limits,
      nonFinite,
      well,
      highlight,
    });
    context.putImageData(image, 0, 0);
    if (stack !== undefined && step !== undefined) noteDrawn(tag, step);
  }, [view.width, painted, order, stack, limits, luts, nonFinite, well, highlight, step, tag]);

  // Without marks, the labels are the same for every capture.
  const marked = stack?.marks === undefined ? undefined : stack;
  useLayoutEffect(() => {
    const canvas = overlayRef.current;
    if (canvas === null || view.width === 0) return;
    drawMatrixLabels(canvas, {
      layout,
      stack: marked,
      view,
      scroll,
      column: channel,
      row: hovered?.row ?? row,
      hovered: hovered?.column,
      tokens,
    });
  }, [layout, marked, view, scroll, channel, hovered, row, tokens]);

  /** The input channel of a row, which differs between the groups of the output channels. */
  const inputOf = (column: number, at: number) =>
    Math.floor(column / (out / (description?.groups ?? 1))) * perGroup + at;
  const placeOf = (event: PointerEvent | React.MouseEvent) => {
    const box = boxRef.current?.getBoundingClientRect();
    return {
      x: event.clientX - (box?.left ?? 0) + scroll.left - layout.side,
      y: event.clientY - (box?.top ?? 0) + scroll.top - HEAD,
    };
  };
  const columnAt = (event: PointerEvent | React.MouseEvent): number =>
    Math.max(0, Math.min(out - 1, Math.floor(placeOf(event).x / layout.pitchX)));
  const onHover = (event: PointerEvent): void => {
    const { x, y } = placeOf(event);
    const weight = weightAt(layout, x, y);
    const at = {
      column: columnAt(event),
      row: Math.max(0, Math.min(perGroup - 1, Math.floor(y / layout.pitchY))),
    };
    setHovered((old) => (old?.column === at.column && old.row === at.row ? old : at));
    if (weight === undefined || stack === undefined) {
      showTip(undefined);
      return;
    }
    const { column, ky, kx } = weight;
    const index = ((column * perGroup + weight.row) * kernelHeight + ky) * kernelWidth + kx;
    showTip({
      value: formatValue(stack.values[index]!, 4),
      place: `in ${inputOf(column, weight.row)} to out ${column}, ky ${ky}, kx ${kx}`,
      x: event.clientX,
      y: event.clientY,
    });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 4 : 1;
    // Keys may come faster than they are drawn, so each goes on from what the one before it chose.
    if (event.key === 'ArrowLeft') app.selectChannel(app.view.get().channel - far, 'move');
    else if (event.key === 'ArrowRight') app.selectChannel(app.view.get().channel + far, 'move');
    else if (event.key === 'ArrowUp') setRow((before) => Math.max(0, (before ?? 0) - far));
    else if (event.key === 'ArrowDown')
      setRow((before) => (before === undefined ? 0 : Math.min(perGroup - 1, before + far)));
    else if (event.key === '+' || event.key === '=') matrix.zoomBy(1);
    else if (event.key === '-') matrix.zoomBy(-1);
    else if (event.key === '0') matrix.fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const natural = boxHeight(layout, view.width);
  const size = kernelHeight * kernelWidth;
  const first = (channel * perGroup + cursor) * size;
  const weights = stack?.values.subarray(first, first + size) ?? new Float32Array(0);
  const said =
    size > READ_OUT || weights.length === 0
      ? ''
      : `: ${Array.from(weights, (weight) => formatValue(weight)).join(', ')}`;
  return (
    <div
      className={matrix.isPanning ? 'kernel-matrix is-panning' : 'kernel-matrix'}
      ref={boxRef}
      role="grid"
      tabIndex={0}
      aria-label="Kernel matrix. Left and right choose the output channel, up and down the input channel, plus and minus zoom"
      aria-activedescendant={cellId}
      style={{ height: natural, minHeight: Math.min(LEAST_HEIGHT, natural) }}
      onScroll={matrix.onScroll}
      onPointerDown={matrix.onPointerDown}
      onPointerMove={(event) => {
        if (!matrix.onPointerMove(event)) onHover(event);
      }}
      onPointerUp={matrix.onPointerUp}
      onPointerLeave={() => {
        setHovered(undefined);
        showTip(undefined);
      }}
      onClick={(event) => {
        if (!matrix.hasPanned()) app.selectChannel(columnAt(event));
      }}
      onKeyDown={onKeyDown}
    >
      <div
        className="kernel-sheet"
        style={{ width: layout.side + layout.width + 1, height: HEAD + layout.height + 1 }}
      >
        <canvas
          ref={canvasRef}
          className="map-canvas"
          aria-hidden="true"
          style={{
            left: layout.side + firstColumn * layout.pitchX,
            top: HEAD + firstRow * layout.pitchY,
            width: painted.width,
            height: painted.height,
          }}
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
          data-columns={painted.columns}
          data-first-column={firstColumn}
          data-first-row={firstRow}
          data-pitch={`${layout.pitchX},${layout.pitchY}`}
          data-inset="0,0"
        />
        <canvas ref={overlayRef} className="kernel-labels" aria-hidden="true" />
      </div>
      <div role="row" className="sr">
        <span role="gridcell" id={cellId} tabIndex={-1}>
          kernel of {layer.name} from in {inputOf(channel, cursor)} to out {channel}
          {said}
        </span>
      </div>
    </div>
  );
}
