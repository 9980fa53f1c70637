/** Parallel coordinates: an axis for each column, a line for each row. */
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { fitCanvas } from '../../drawing/canvas.js';
import { usePalette } from '../../drawing/palette.js';
import { useNextFrame } from '../../ui/animation-frame.js';
import { useStoreValue } from '../../ui/store.js';
import { showTip } from '../../ui/tooltip.js';
import { useSize } from '../../ui/use-size.js';
import { brushBetween, placesOf } from './brush-places.js';
import { useHparams } from './hparams-state.js';
import { layOutParallel, PARALLEL, type ParallelLayout } from './parallel-layout.js';
import type { Row } from './rows.js';
import { cellText } from './texts.js';
import type { ShownColumn, ShownTable } from './use-table.js';

export function Parallel({ table }: { readonly table: ShownTable }) {
  const { columns, rows, within, colourOf } = table;
  const { hover } = useHparams();
  const hovered = useStoreValue(hover);
  const { tokens } = usePalette();
  const [ref, { width }] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const layout = useMemo(() => layOutParallel(columns, rows, width), [columns, rows, width]);
  const drawBase = useNextFrame();
  const drawOver = useNextFrame();
  useEffect(() => {
    drawBase(() => {
      const context =
        canvas.current === null ? undefined : fitCanvas(canvas.current, layout.width, PARALLEL.height);
      if (context === undefined) return;
      context.lineWidth = 1;
      context.strokeStyle = tokens['line-strong'];
      context.globalAlpha = 0.45;
      for (const row of rows) if (!within.has(row.id)) strokeLine(context, layout, row);
      context.lineWidth = rows.length > 100 ? 1 : 1.5;
      context.globalAlpha = rows.length > 100 ? 0.6 : 0.9;
      for (const row of rows) {
        if (!within.has(row.id)) continue;
        context.strokeStyle = colourOf(row);
        strokeLine(context, layout, row);
      }
    });
  }, [drawBase, layout, rows, within, colourOf, tokens]);
  useEffect(() => {
    drawOver(() => {
      const context =
        over.current === null ? undefined : fitCanvas(over.current, layout.width, PARALLEL.height);
      const row = rows.find(({ id }) => id === hovered);
      if (context === undefined || row === undefined) return;
      context.lineWidth = 5;
      context.strokeStyle = tokens.bg;
      strokeLine(context, layout, row);
      context.lineWidth = 3;
      context.strokeStyle = colourOf(row);
      strokeLine(context, layout, row);
    });
  }, [drawOver, layout, rows, hovered, colourOf, tokens]);
  const leave = (): void => {
    hover.set(undefined);
    showTip(undefined);
  };
  return (
    <div ref={ref} className="parallel" role="group" aria-label="Parallel coordinates">
      <div
        className="parallel-lines"
        style={{ width: layout.width }}
        onPointerMove={({ clientX, clientY, currentTarget, buttons }) => {
          if (buttons !== 0) return;
          const box = currentTarget.getBoundingClientRect();
          const row = layout.nearest(clientX - box.left, clientY - box.top, (one) => within.has(one.id));
          hover.set(row?.id);
          showTip(
            row && { value: row.name, place: '', rows: rowsOfTip(columns, row), x: clientX, y: clientY },
          );
        }}
        onPointerLeave={leave}
      >
        <canvas ref={canvas} aria-hidden />
        <canvas ref={over} className="plot-over" aria-hidden />
        {layout.hasUnplaced && <span className="micro parallel-none">NaN, or none</span>}
        {columns.map((column, at) => (
          <Axis key={column.id} column={column} at={at} layout={layout} table={table} />
        ))}
      </div>
    </div>
  );
}

function strokeLine(context: CanvasRenderingContext2D, layout: ParallelLayout, row: Row): void {
  const points = layout.pointsOf(row);
  context.beginPath();
  for (const [at, { x, y }] of points.entries()) {
    const before = points[at - 1];
    if (before === undefined) context.moveTo(x, y);
    else {
      const middle = (before.x + x) / 2;
      context.bezierCurveTo(middle, before.y, middle, y, x, y);
    }
  }
  context.stroke();
}

function rowsOfTip(columns: readonly ShownColumn[], row: Row): readonly (readonly [string, string])[] {
  return columns.map((column) => [column.title, cellText(column, row)] as const);
}

/** What is left of a click, and no drag. */
const CLICK = 0.015;
const KEY_STEP = 0.05;

function Axis(props: {
  readonly column: ShownColumn;
  readonly at: number;
  readonly layout: ParallelLayout;
  readonly table: ShownTable;
}) {
  const { column, at, layout, table } = props;
  const { id, title, scale, isLog } = column;
  const state = useHparams();
  const { address } = state;
  const { brushes } = useStoreValue(address.state);
  const brush = brushes.get(id);
  const places = placesOf(brush, scale);
  const drag = useRef<{ readonly from: number; readonly grabbed: readonly [number, number] | undefined }>(
    undefined,
  );
  const [moved, setMoved] = useState(0);
  const { top, bottom, height } = PARALLEL;
  const span = height - bottom - top;

  const finish = (): void => state.filterRuns(table.all);
  const set = (low: number, high: number): void =>
    state.brush(id, brushBetween(Math.max(0, low), Math.min(1, high), scale));
  const clear = (): void => {
    state.brush(id, undefined);
    finish();
  };
  const placeIn = (clientY: number, element: Element): number => {
    const box = element.getBoundingClientRect();
    return Math.max(0, Math.min(1, 1 - (clientY - box.top) / box.height));
  };
  const moveBy = (by: number): void => {
    const ids = table.columns.map((one) => one.id);
    const to = Math.max(0, Math.min(ids.length - 1, at + by));
    ids.splice(to, 0, ...ids.splice(at, 1));
    address.show({ order: ids });
  };
  const toggleLog = (): void => {
    const { log, linear } = address.state.get();
    const without = (names: readonly string[]) => names.filter((one) => one !== id);
    if (isLog)
      address.show({ log: without(log), linear: column.isLogLike ? [...without(linear), id] : linear });
    else address.show({ linear: without(linear), log: column.isLogLike ? log : [...without(log), id] });
  };
  const onAxisKey = (event: KeyboardEvent): void => {
    const [low, high] = places ?? [0, 1];
    const by = event.key === 'ArrowUp' ? KEY_STEP : event.key === 'ArrowDown' ? -KEY_STEP : undefined;
    if (event.key === 'Escape' && brush !== undefined) clear();
    else if (by === undefined) return;
    else {
      // Shift moves the lower end, no key the upper one.
      if (event.shiftKey) set(Math.min(high, low + by), high);
      else set(low, Math.max(low, high + by));
      finish();
    }
    event.preventDefault();
  };
  const texts = brush?.kind === 'texts' ? brush.texts.join(', ') : undefined;
  const range = brush?.kind === 'range' ? `${brush.lo} to ${brush.hi}` : undefined;
  return (
    <div className="parallel-axis" style={{ left: layout.xOf(at) + moved }}>
      <div className="parallel-title">
        <button
          type="button"
          className="ellipsis"
          title={`${title}: drag, or press ← →, to move the axis`}
          aria-label={`Axis ${title}, ${at + 1} of ${table.columns.length}`}
          data-takes-keys=""
          onPointerDown={({ currentTarget, pointerId, clientX }) => {
            currentTarget.setPointerCapture(pointerId);
            drag.current = { from: clientX, grabbed: undefined };
          }}
          onPointerMove={({ clientX }) => {
            if (drag.current !== undefined) setMoved(clientX - drag.current.from);
          }}
          onPointerUp={() => {
            if (drag.current === undefined) return;
            drag.current = undefined;
            const by = Math.round(moved / layout.apart);
            setMoved(0);
            if (by !== 0) moveBy(by);
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowLeft') moveBy(-1);
            else if (event.key === 'ArrowRight') moveBy(1);
            else return;
            event.preventDefault();
          }}
        >
          {title}
        </button>
        {column.type === 'number' && (
          <button
            type="button"
            className="parallel-log"
            aria-pressed={isLog}
            aria-label={`Logarithmic axis of ${title}`}
            onClick={toggleLog}
          >
            log
          </button>
        )}
      </div>
      <div
        className="parallel-strip"
        role="slider"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={`Chosen part of ${title}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((places?.[1] ?? 1) * 100)}
        aria-valuetext={texts ?? range ?? 'all'}
        title="Drag to choose a part; click to choose all"
        data-takes-keys=""
        style={{ top, height: span }}
        onPointerDown={({ clientY, currentTarget, pointerId }) => {
          currentTarget.setPointerCapture(pointerId);
          showTip(undefined);
          const from = placeIn(clientY, currentTarget);
          const isGrabbed = places !== undefined && from >= places[0] && from <= places[1];
          drag.current = { from, grabbed: isGrabbed && scale.texts === undefined ? places : undefined };
        }}
        onPointerMove={({ clientY, currentTarget }) => {
          if (drag.current === undefined) return;
          const { from, grabbed } = drag.current;
          const to = placeIn(clientY, currentTarget);
          if (Math.abs(to - from) < CLICK) return;
          if (grabbed === undefined) set(Math.min(from, to), Math.max(from, to));
          else {
            const by = Math.max(-grabbed[0], Math.min(1 - grabbed[1], to - from));
            set(grabbed[0] + by, grabbed[1] + by);
          }
        }}
        onPointerUp={({ clientY, currentTarget }) => {
          if (drag.current === undefined) return;
          const { from } = drag.current;
          drag.current = undefined;
          if (Math.abs(placeIn(clientY, currentTarget) - from) < CLICK) clear();
          else finish();
        }}
        onDoubleClick={clear}
        onKeyDown={onAxisKey}
      >
        {places !== undefined && (
          <div
            className="parallel-brush"
            style={{ bottom: `${places[0] * 100}%`, height: `${(places[1] - places[0]) * 100}%` }}
          />
        )}
        {scale.ticks.map(({ at: place, text }) => (
          <span
            key={text}
            className="parallel-tick ellipsis"
            style={{ bottom: `${place * 100}%` }}
            aria-hidden
          >
            {text}
          </span>
        ))}
      </div>
    </div>
  );
}
