/** What dragging over a card does: zooms into x, y or both, or moves along with Shift. A press without a move selects. */
import { type PointerEvent, type RefObject, useRef, useState } from 'react';
import type { Limits } from '../../charts/value-limits.js';
import type { Part } from '../../series/pixel-columns.js';
import { fromAxis } from './card-drawing.js';
import type { DragBox } from './card-overlay.js';
import type { CardPlot } from './card-plot.js';

/** A press that moves less than this, in pixels, is none. */
const LEAST = 4;
/** A drag that is narrower than this in one direction is about the other one alone. */
const ONE_WAY = 16;

export interface DragZoom {
  readonly x: Part | undefined;
  readonly y: Limits | undefined;
}

interface Press {
  readonly x: number;
  readonly y: number;
  readonly isPan: boolean;
  /** Of the axes when it began, in their own numbers. */
  readonly axisX: Part;
  readonly axisY: Limits;
  hasMoved: boolean;
}

export function useCardDrag(options: {
  readonly plot: RefObject<CardPlot | undefined>;
  readonly onZoom: (zoom: DragZoom) => void;
  readonly onPan: (zoom: DragZoom) => void;
  /** Called with the pressed place, in data units. */
  readonly onSelect: (x: number) => void;
}) {
  const { plot: plotRef, onZoom, onPan, onSelect } = options;
  const press = useRef<Press | undefined>(undefined);
  const [box, setBox] = useState<DragBox | undefined>(undefined);

  const placeOf = (event: PointerEvent): readonly [number, number] => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  const boxOf = (from: Press, x: number, y: number): DragBox | undefined => {
    const plot = plotRef.current;
    if (plot === undefined) return undefined;
    const { left, right, top, bottom } = plot.chart.area;
    const [width, height] = [Math.abs(x - from.x), Math.abs(y - from.y)];
    const isX = width >= ONE_WAY || width >= height;
    const isY = height >= ONE_WAY || height > width;
    const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));
    return {
      left: isX ? within(Math.min(x, from.x), left, right) : left,
      right: isX ? within(Math.max(x, from.x), left, right) : right,
      top: isY ? within(Math.min(y, from.y), top, bottom) : top,
      bottom: isY ? within(Math.max(y, from.y), top, bottom) : bottom,
    };
  };
  const pan = (from: Press, x: number, y: number): void => {
    const plot = plotRef.current;
    if (plot?.drawing === undefined) return;
    const { area } = plot.chart;
    const { logX, logY } = plot.drawing.look;
    const byX = ((from.x - x) / (area.right - area.left)) * (from.axisX.last - from.axisX.first);
    const byY = ((y - from.y) / (area.bottom - area.top)) * (from.axisY.hi - from.axisY.lo);
    onPan({
      x: { first: fromAxis(from.axisX.first + byX, logX), last: fromAxis(from.axisX.last + byX, logX) },
      y: { lo: fromAxis(from.axisY.lo + byY, logY), hi: fromAxis(from.axisY.hi + byY, logY) },
    });
  };
  const end = (): void => {
    press.current = undefined;
    setBox(undefined);
  };
  return {
    box,
    isDragging: () => press.current?.hasMoved === true,
    onPointerDown(event: PointerEvent): void {
      const drawing = plotRef.current?.drawing;
      if (event.button !== 0 || drawing === undefined) return;
      const [x, y] = placeOf(event);
      press.current = { x, y, isPan: event.shiftKey, axisX: drawing.x, axisY: drawing.y, hasMoved: false };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent): void {
      const from = press.current;
      if (from === undefined) return;
      const [x, y] = placeOf(event);
      if (Math.hypot(x - from.x, y - from.y) >= LEAST) from.hasMoved = true;
      if (!from.hasMoved) return;
      if (from.isPan) pan(from, x, y);
      else setBox(boxOf(from, x, y));
    },
    onPointerUp(event: PointerEvent): void {
      const from = press.current;
      const plot = plotRef.current;
      end();
      if (from === undefined || plot === undefined) return;
      const [x, y] = placeOf(event);
      if (!from.hasMoved) {
        onSelect(plot.xAt(x));
        return;
      }
      const dragged = from.isPan ? undefined : boxOf(from, x, y);
      if (dragged === undefined) return;
      const { area } = plot.chart;
      const isX = dragged.left > area.left || dragged.right < area.right;
      const isY = dragged.top > area.top || dragged.bottom < area.bottom;
      onZoom({
        x: isX ? { first: plot.xAt(dragged.left), last: plot.xAt(dragged.right) } : undefined,
        y: isY ? { lo: plot.yAt(dragged.bottom), hi: plot.yAt(dragged.top) } : undefined,
      });
    },
    onPointerCancel: end,
  };
}
