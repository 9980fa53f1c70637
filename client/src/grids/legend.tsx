/**
 * The legend of a grid: a histogram over the colour bar, handles for the limits, and the scale lock. The handles are not
 * sliders of the control library, because the axis moves with the limits while they are dragged, signed limits mirror
 * each other, and a press on the bar itself must not move them.
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useDeferredValue,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { MARK } from '../decode/decoded.js';
import { fitCanvas } from '../drawing/canvas.js';
import { histogramOf } from '../drawing/histogram.js';
import { colourIndex, cssOf, type Limits, type LutName } from '../drawing/lut.js';
import type { MapStack } from '../drawing/map-stack.js';
import { NON_FINITE, type NonFinite, SIGN_INK } from '../drawing/non-finite.js';
import { usePalette } from '../drawing/palette.js';
import { formatStep, formatValue } from '../ui/format.js';
import { showTip } from '../ui/tooltip.js';
import { useSize } from '../ui/use-size.js';
import { anyAbove, anyBelow, type LegendBin, legendBin } from './legend-bin.js';
import './legend.css';

export interface LegendProps {
  /** The first word of the accessible names of the handles: "Input". */
  readonly name: string;
  /** "viridis", "RdBu, 0 = grey" … */
  readonly title: ReactNode;
  readonly stack: MapStack | undefined;
  readonly lut: LutName;
  readonly limits: Limits;
  /** Signed limits stay symmetric while they are dragged. */
  readonly signed: boolean;
  readonly chosen: boolean;
  readonly lock: ReactNode;
  readonly onLimits: (limits: Limits | undefined) => void;
  readonly onHighlight: (limits: Limits | undefined) => void;
}

const BAR_TOP = 20;
const NOTHING_FINITE = 'no finite value';

/** The axis extends a little beyond the limits, so that their handles can be dragged outwards. */
function axisOf(limits: Limits, signed: boolean, lut: LutName): Limits {
  const span = limits.hi - limits.lo;
  if (lut === 'grey') return limits;
  if (signed) return { lo: limits.lo - span * 0.025, hi: limits.hi + span * 0.025 };
  return { lo: limits.lo, hi: limits.hi + span * 0.15 };
}

export function Legend(props: LegendProps) {
  const { stack, lut, limits, signed, onLimits, onHighlight } = props;
  const { tokens, luts } = usePalette();
  const [boxRef, size] = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  /** The bin that is pointed at. */
  const [pointed, setPointed] = useState<number>();
  const { lo, hi } = limits;
  const axis = useMemo(() => axisOf({ lo, hi }, signed, lut), [lo, hi, signed, lut]);
  const bins = Math.max(8, Math.min(96, Math.floor(size.width / 3)));
  // The histogram may follow the maps: counting all values takes longer than painting them.
  const asked = useDeferredValue(useMemo(() => ({ stack, axis, bins }), [stack, axis, bins]));
  const counted = useMemo(
    () => (asked.stack === undefined ? undefined : histogramOf(asked.stack, asked.axis, asked.bins)),
    [asked],
  );
  const histogram = asked.bins === bins && stack !== undefined ? counted : undefined;
  const { axis: countedAxis } = asked;
  const { width } = size;
  const marked = NON_FINITE.reduce((sum, { mark }) => sum + (histogram?.marks[mark] ?? 0), 0);
  // Without a finite value the limits are those of nothing.
  const hasFinite = histogram === undefined || histogram.total > marked;

  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const context = canvas && width > 0 ? fitCanvas(canvas, width, 42) : undefined;
    if (context === undefined || context === null) return;
    // Of limits that have just moved, the bars still have the earlier ones.
    const barX = (bin: number): number => {
      const value = countedAxis.lo + (bin / bins) * (countedAxis.hi - countedAxis.lo);
      return ((value - axis.lo) / (axis.hi - axis.lo || 1)) * width;
    };
    if (histogram !== undefined) {
      const { counts } = histogram;
      const top = Math.max(1, ...counts);
      counts.forEach((count, bin) => {
        if (count === 0) return;
        const height = Math.max(1, Math.sqrt(count / top) * (BAR_TOP - 1));
        context.fillStyle = bin === pointed ? tokens.accent : tokens.hist;
        const x = barX(bin);
        context.fillRect(x, BAR_TOP - height, Math.max(1, barX(bin + 1) - x - 1), height);
      });
    }
    // Infinities have no place on the axis: they stand at its ends.
    const total = Math.max(1, histogram?.total ?? 1);
    for (const [mark, token, x] of [
      [MARK.negativeInfinity, 'neg-inf-fill', 0],
      [MARK.infinity, 'inf-fill', width - 3],
    ] as const) {
      const count = histogram?.marks[mark] ?? 0;
      if (count === 0) continue;
      const height = Math.max(4, Math.sqrt(count / total) * (BAR_TOP - 1));
      context.fillStyle = tokens[token];
      context.fillRect(x, BAR_TOP - height, 3, height);
    }
    for (let x = 0; x < width; x++) {
      const value = axis.lo + ((x + 0.5) / width) * (axis.hi - axis.lo);
      context.fillStyle = cssOf(luts[lut][colourIndex(value, { lo, hi })]!);
      context.fillRect(x, BAR_TOP + 1, 1, 6);
    }
    if (pointed !== undefined) {
      context.fillStyle = tokens.accent;
      context.fillRect((pointed * width) / bins, BAR_TOP + 8, Math.max(2, width / bins), 2);
    }
    context.font = `11px ${tokens.font}`;
    context.fillStyle = tokens['text-3'];
    const clipsLow =
      histogram !== undefined && (histogram.below > 0 || anyBelow(histogram.counts, countedAxis, lo));
    const clipsHigh =
      histogram !== undefined && (histogram.above > 0 || anyAbove(histogram.counts, countedAxis, hi));
    if (!hasFinite) {
      context.fillText(NOTHING_FINITE, 0, BAR_TOP + 18);
      return;
    }
    context.fillText(`${clipsLow ? '≤ ' : ''}${formatValue(lo, 2)}`, 0, BAR_TOP + 18);
    context.textAlign = 'right';
    context.fillText(`${clipsHigh ? '≥ ' : ''}${formatValue(hi, 2)}`, width, BAR_TOP + 18);
    if (lo < 0 && hi > 0) {
      const x = ((0 - axis.lo) / (axis.hi - axis.lo)) * width;
      context.textAlign = 'center';
      context.fillText('0', x, BAR_TOP + 18);
      context.fillRect(x - 0.5, BAR_TOP + 8, 1, 2);
    }
    context.textAlign = 'left';
  }, [width, histogram, countedAxis, axis, bins, pointed, lo, hi, lut, luts, tokens, hasFinite]);

  const valueAt = (clientX: number): number => {
    const box = canvasRef.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 0;
    return axis.lo + ((clientX - box.left) / box.width) * (axis.hi - axis.lo);
  };
  const set = (end: 'lo' | 'hi', value: number): void => {
    const span = hi - lo;
    if (signed) {
      const top = Math.max(span / 1000, Math.abs(value));
      onLimits({ lo: -top, hi: top });
    } else if (end === 'lo') onLimits({ lo: Math.min(value, hi - span / 1000), hi });
    else onLimits({ lo, hi: Math.max(value, lo + span / 1000) });
  };
  const handle = (end: 'lo' | 'hi') => {
    const value = end === 'lo' ? lo : hi;
    const place = (value - axis.lo) / (axis.hi - axis.lo || 1);
    return (
      <span
        className="legend-handle"
        role="slider"
        tabIndex={0}
        aria-label={`${props.name}: ${end === 'lo' ? 'lower' : 'upper'} limit of the colours`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(place * 100)}
        aria-valuetext={hasFinite ? formatValue(value) : NOTHING_FINITE}
        style={{ left: Math.min(width - 2, Math.max(2, place * width)) }}
        onPointerDown={(event: PointerEvent<HTMLSpanElement>) =>
          event.currentTarget.setPointerCapture(event.pointerId)
        }
        onPointerMove={(event: PointerEvent<HTMLSpanElement>) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) set(end, valueAt(event.clientX));
        }}
        onDoubleClick={() => onLimits(undefined)}
        onKeyDown={(event: KeyboardEvent) => {
          const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
          if (event.key === 'Escape' || event.key === 'Backspace') onLimits(undefined);
          else if (by !== undefined) set(end, value + (by * (hi - lo) * (event.shiftKey ? 10 : 1)) / 100);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
    );
  };
  /** Lights up the pixels of a bin, and says which values they have. */
  const point = (next: LegendBin | undefined): void => {
    setPointed(next?.bin);
    onHighlight(next?.limits);
    const box = next === undefined ? undefined : canvasRef.current?.getBoundingClientRect();
    showTip(
      next === undefined || box === undefined
        ? undefined
        : {
            value: next.values,
            place: next.share,
            x: box.left + ((next.bin + 0.5) / bins) * box.width,
            y: box.top,
            above: true,
          },
    );
  };
  const binAt = (bin: number) =>
    histogram === undefined ? undefined : legendBin(histogram, countedAxis, bin, stack?.rectified === true);
  const pointAt = (event: PointerEvent): void => {
    const box = canvasRef.current?.getBoundingClientRect();
    if (event.buttons !== 0 || box === undefined || box.width === 0) point(undefined);
    else point(binAt(Math.floor(((event.clientX - box.left) / box.width) * bins)));
  };
  const shownBin = pointed === undefined ? undefined : binAt(pointed);
  return (
    <div className="legend">
      <div className="legend-head">
        <span className="ellipsis">{props.title}</span>
        {stack?.rectified && histogram !== undefined && width > 280 && (
          <span>
            {histogram.zerosAreNear && '≈ '}
            {Math.round((histogram.zeros / histogram.total) * 100)} % zero, not in the bars
          </span>
        )}
        <span className="grow" />
        {NON_FINITE.map((kind) => {
          const count = histogram?.marks[kind.mark] ?? 0;
          return (
            count > 0 && (
              <span className="nan-key" key={kind.name} data-key={kind.name}>
                <Swatch kind={kind} />
                {formatStep(count)} {kind.name}
              </span>
            )
          );
        })}
        {props.chosen ? (
          <button
            type="button"
            className="micro"
            onClick={() => onLimits(undefined)}
            title="Back to the limits of the data (double-click a handle)"
          >
            reset limits
          </button>
        ) : (
          props.lock
        )}
      </div>
      <div
        className="legend-body"
        ref={boxRef}
        onPointerMove={pointAt}
        onPointerLeave={() => point(undefined)}
      >
        <div
          className="legend-bar"
          role="slider"
          tabIndex={0}
          aria-label={`${props.name}: values to light up`}
          aria-valuemin={0}
          aria-valuemax={bins - 1}
          aria-valuenow={pointed ?? 0}
          aria-valuetext={shownBin === undefined ? 'none' : `${shownBin.values}, ${shownBin.share}`}
          onBlur={() => point(undefined)}
          onKeyDown={(event) => {
            const far = event.shiftKey ? 10 : 1;
            const by = { ArrowLeft: -far, ArrowDown: -far, ArrowRight: far, ArrowUp: far }[event.key];
            const last = bins - 1;
            const start = pointed ?? Math.floor(bins / 2) - (by ?? 0);
            if (by !== undefined) point(binAt(Math.max(0, Math.min(last, start + by))));
            else if (event.key === 'Home') point(binAt(0));
            else if (event.key === 'End') point(binAt(last));
            else if (event.key === 'Escape') point(undefined);
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        >
          <canvas ref={canvasRef} aria-hidden="true" />
        </div>
        {lut !== 'grey' && signed === false && lo === 0 ? null : handle('lo')}
        {handle('hi')}
      </div>
    </div>
  );
}

/** The colour and the sign of NaN, +∞ or −∞, as the maps show them. */
function Swatch({ kind }: { kind: NonFinite }) {
  return (
    <svg viewBox="0 0 1 1" aria-hidden="true">
      <rect width="1" height="1" fill={`var(--${kind.token})`} />
      <path
        d={kind.strokes.map(([x0, y0, x1, y1]) => `M${x0} ${y0}L${x1} ${y1}`).join('')}
        stroke={SIGN_INK}
        strokeWidth={0.14}
      />
    </svg>
  );
}
