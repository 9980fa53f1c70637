/** The edge of a panel that lies over the page: drag it, or use its arrow keys. The width is kept as that of a column is. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { forgetWidth, keepWidth, keptWidth } from './kept-widths.js';
import './edge-handle.css';

/** How far an arrow key moves the edge, in pixels. */
const KEY_STEP = 16;
/** What stays visible of the page beside the widest panel. */
const LEAST_BESIDE = 120;

export interface EdgeWidth {
  readonly width: number;
  set(width: number): void;
  reset(): void;
}

/** The width of the panel `name`: the kept one, or `usual`. At least `least`, and less than the window. */
export function useEdgeWidth(name: string, usual: number, least: number): EdgeWidth {
  const [wanted, setWanted] = useState(() => keptWidth(name) ?? usual);
  const most = Math.max(least, innerWidth - LEAST_BESIDE);
  return {
    width: Math.max(least, Math.min(most, wanted)),
    set(width) {
      const next = Math.round(Math.max(least, Math.min(most, width)));
      keepWidth(name, next);
      setWanted(next);
    },
    reset() {
      forgetWidth(name);
      setWanted(usual);
    },
  };
}

/** The handle at the right edge of a panel at the left of the page. A double click resets the width. */
export function EdgeHandle({ label, edge }: { label: string; edge: EdgeWidth }) {
  const start = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, width: edge.width };
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (start.current !== undefined) edge.set(start.current.width + event.clientX - start.current.x);
  };
  const release = (): void => {
    start.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key];
    if (by === undefined) return;
    edge.set(edge.width + by);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="edge-handle"
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={edge.width}
      aria-valuemin={0}
      aria-valuemax={innerWidth}
      tabIndex={0}
      title="Drag to resize, double-click to reset"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={release}
      onPointerCancel={release}
      onDoubleClick={() => edge.reset()}
      onKeyDown={onKeyDown}
    />
  );
}
