/** A vector as bars from a common zero, in as many lines as it needs. Each bar can be pointed at and chosen. */
import type { MapShape } from '@convscope/shared/run-description.js';
import { type PointerEvent, useLayoutEffect, useMemo, useRef } from 'react';
import { fitCanvas } from '../../../drawing/canvas.js';
import { usePalette } from '../../../drawing/palette.js';
import { showTip } from '../../../ui/tooltip.js';
import { useSize } from '../../../ui/use-size.js';
import './vector-bars.css';

export interface VectorBarsProps {
  readonly label: string;
  readonly values: ArrayLike<number>;
  readonly selected?: number | undefined;
  readonly nameOf: (index: number) => string;
  readonly textOf: (index: number) => string;
  readonly onPick?: (index: number) => void;
}

/** Whether maps are one value each. */
export function isVector(shape: MapShape): boolean {
  return shape[1] === 1 && shape[2] === 1;
}

const LINE = 64;
const GAP = 8;
/** Above the largest bar and below the smallest. */
const MARGIN = 3;
/** More bars than this many lines hold are as many lines more; thinner bars cannot be pointed at. */
const THINNEST = 3;
const WIDEST = 28;

interface BarLayout {
  readonly width: number;
  readonly perLine: number;
  readonly lines: number;
}

/** Bars as wide as the room allows, from 3 to 28 pixels. */
export function barLayout(count: number, room: number): BarLayout {
  const width = Math.max(THINNEST, Math.min(WIDEST, Math.floor(room / Math.max(1, count))));
  const perLine = Math.max(1, Math.floor(room / width));
  return { width, perLine, lines: Math.max(1, Math.ceil(count / perLine)) };
}

export function VectorBars(props: VectorBarsProps) {
  const { label, values, selected, nameOf, textOf, onPick } = props;
  const { tokens } = usePalette();
  const [boxRef, box] = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const room = Math.max(THINNEST, Math.floor(box.width));
  const layout = useMemo(() => barLayout(values.length, room), [values.length, room]);
  const height = layout.lines * (LINE + GAP) - GAP;
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas ? fitCanvas(canvas, room, height) : undefined;
    if (context === undefined) return;
    let [lo, hi] = [0, 0];
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      if (!Number.isFinite(value)) continue;
      lo = Math.min(lo, value);
      hi = Math.max(hi, value);
    }
    const scale = (LINE - 2 * MARGIN) / (hi - lo || 1);
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      const x = (index % layout.perLine) * layout.width;
      const top = Math.floor(index / layout.perLine) * (LINE + GAP);
      const zero = top + MARGIN + hi * scale;
      if (index % layout.perLine === 0) {
        context.fillStyle = tokens.line;
        context.fillRect(0, Math.round(zero), room, 1);
      }
      const inner = layout.width - (layout.width > 4 ? 2 : 1);
      if (!Number.isFinite(value)) {
        context.fillStyle = tokens.nan;
        context.fillRect(x, top + MARGIN, inner, LINE - 2 * MARGIN);
        continue;
      }
      context.fillStyle = value < 0 ? tokens['map-neg'] : tokens['map-pos'];
      const end = zero - value * scale;
      context.fillRect(x, Math.min(zero, end), inner, Math.max(1, Math.abs(end - zero)));
      if (index === selected) {
        context.fillStyle = tokens.accent;
        context.fillRect(x, top + LINE - 2, inner, 2);
      }
    }
  }, [values, selected, layout, room, height, tokens]);
  const at = (event: PointerEvent<HTMLCanvasElement>): number | undefined => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - bounds.left) / layout.width);
    const line = Math.floor((event.clientY - bounds.top) / (LINE + GAP));
    const index = line * layout.perLine + column;
    return column >= 0 && column < layout.perLine && line >= 0 && index < values.length ? index : undefined;
  };
  return (
    <div className="vector-bars" ref={boxRef}>
      <canvas
        ref={canvasRef}
        role="img"
        aria-label={selected === undefined ? label : `${label}; ${nameOf(selected)}: ${textOf(selected)}`}
        onPointerMove={(event) => {
          const index = at(event);
          showTip(
            index === undefined
              ? undefined
              : { value: textOf(index), place: nameOf(index), x: event.clientX, y: event.clientY },
          );
        }}
        onPointerLeave={() => showTip(undefined)}
        onClick={(event) => {
          const index = at(event as PointerEvent<HTMLCanvasElement>);
          if (index !== undefined) onPick?.(index);
        }}
      />
    </div>
  );
}
