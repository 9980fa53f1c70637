/** A plot of histograms on a canvas, with what is under the pointer drawn over it. */
import { BASIS_POINTS } from '@convscope/shared/histogram-percentiles.js';
import { rebin } from '@convscope/shared/rebin-histograms.js';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Span } from '../../charts/span.js';
import { scalarText, shortText } from '../../charts/tick-text.js';
import { fitCanvas } from '../../drawing/canvas.js';
import { usePalette } from '../../drawing/palette.js';
import type { RunColour } from '../../runs/run-colours.js';
import { useNextFrame } from '../../ui/animation-frame.js';
import { formatShort, plural } from '../../ui/format.js';
import { type Store, useStoreValue } from '../../ui/store.js';
import { showTip } from '../../ui/tooltip.js';
import { useSize } from '../../ui/use-size.js';
import { layOutOffset } from './offset-plot.js';
import { layOutOverlay } from './overlay-plot.js';
import { layOutPercentiles } from './percentile-plot.js';
import type { LaidOutPlot, Picked, PlotData, PlotLook, PlotSize } from './plots.js';
import type { Plot } from './view.js';
import { placeText } from './x-axis.js';

/** The step under the pointer, for all plots of the page. */
export interface Hover {
  readonly step: number;
  /** The plot that the pointer is on. */
  readonly plot: string;
}

export interface PlotViewProps {
  /** Unique among the plots of the page. */
  readonly id: string;
  readonly label: string;
  readonly plot: Plot;
  readonly data: PlotData;
  readonly colour: RunColour;
  readonly hover: Store<Hover | undefined>;
  /** Called with the steps that were dragged over, where the plot has an axis of steps, or with none to show all. */
  readonly onSpan: (span: Span | undefined) => void;
}

/** What is left of a click, and no drag, in pixels. */
const CLICK = 6;

function layOut(plot: Plot, data: PlotData, size: PlotSize): LaidOutPlot {
  switch (plot) {
    case 'offset':
      return layOutOffset(data, size);
    case 'overlay':
      return layOutOverlay(data, size);
    case 'percentiles':
      return layOutPercentiles(data, size, false);
    case 'layers':
      return layOutPercentiles(data, size, true);
  }
}

export function PlotView({ id, label, plot, data: newest, colour, hover, onSpan }: PlotViewProps) {
  const { tokens } = usePalette();
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const [own, setOwn] = useState<Picked>();
  // New data do not move what the pointer is on.
  const held = useRef(newest);
  if (own === undefined || held.current.axis !== newest.axis || held.current.bins !== newest.bins)
    held.current = newest;
  const data = held.current;
  const laidOut = useMemo(
    () => (width > 0 && height > 0 ? layOut(plot, data, { width, height }) : undefined),
    [plot, data, width, height],
  );
  const look = useMemo(
    (): PlotLook => ({ tokens, colour: tokens[colour.token], isBare: plot === 'layers' }),
    [tokens, colour, plot],
  );
  const hovered = useStoreValue(hover);
  const elsewhere = hovered === undefined || hovered.plot === id ? undefined : hovered.step;
  const picked = useMemo(
    () => own ?? (elsewhere === undefined ? undefined : laidOut?.pickStep(elsewhere, undefined)),
    [own, elsewhere, laidOut],
  );

  const drawBase = useNextFrame();
  const drawOver = useNextFrame();
  useEffect(() => {
    drawBase(() => {
      const context = base.current === null ? undefined : fitCanvas(base.current, width, height);
      if (context !== undefined) laidOut?.draw(context, look);
    });
  }, [drawBase, laidOut, look, width, height]);
  useEffect(() => {
    drawOver(() => {
      const context = over.current === null ? undefined : fitCanvas(over.current, width, height);
      if (context !== undefined && picked !== undefined) laidOut?.mark(context, look, picked);
    });
  }, [drawOver, laidOut, look, picked, width, height]);

  const pick = (next: Picked | undefined): void => {
    setOwn((before) => (before?.histogram === next?.histogram && before?.bin === next?.bin ? before : next));
    const step = next?.histogram.step;
    const before = hover.get();
    if (step === undefined) {
      if (before?.plot === id) hover.set(undefined);
    } else if (before?.step !== step || before.plot !== id) hover.set({ step, plot: id });
  };
  const leave = (): void => {
    pick(undefined);
    showTip(undefined);
  };
  useEffect(
    () => () => {
      if (hover.get()?.plot === id) {
        hover.set(undefined);
        showTip(undefined);
      }
    },
    [hover, id],
  );

  const hasSteps = plot === 'percentiles' || plot === 'layers';
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number }>();
  const finishDrag = (): void => {
    setDrag(undefined);
    if (drag === undefined || Math.abs(drag.to - drag.from) < CLICK) return;
    const [a, b] = [drag.from, drag.to].map((x) => laidOut?.pick(x, 0)?.histogram.step);
    if (a !== undefined && b !== undefined && a !== b) onSpan({ from: Math.min(a, b), to: Math.max(a, b) });
  };

  const steps = data.histograms;
  const at = picked === undefined ? steps.length - 1 : steps.indexOf(picked.histogram);
  const shown = picked ?? (steps.length === 0 ? undefined : { histogram: steps.at(-1)!, bin: undefined });
  return (
    <div
      ref={ref}
      className="plot-view"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, steps.length - 1)}
      aria-valuenow={Math.max(0, at)}
      aria-valuetext={shown === undefined ? 'nothing yet' : sentenceOf(data, shown)}
      onPointerMove={({ clientX, clientY, currentTarget }) => {
        const box = currentTarget.getBoundingClientRect();
        const next = laidOut?.pick(clientX - box.left, clientY - box.top);
        pick(next);
        showTip(next && { ...textsOf(data, next), x: clientX, y: clientY });
        if (drag !== undefined) setDrag({ ...drag, to: clientX - box.left });
      }}
      onPointerDown={({ clientX, button, currentTarget, pointerId, pointerType }) => {
        // A finger scrolls the page.
        if (!hasSteps || button !== 0 || pointerType === 'touch') return;
        currentTarget.setPointerCapture(pointerId);
        const from = clientX - currentTarget.getBoundingClientRect().left;
        setDrag({ from, to: from });
      }}
      onPointerUp={finishDrag}
      onPointerCancel={() => setDrag(undefined)}
      onDoubleClick={() => hasSteps && onSpan(undefined)}
      onPointerLeave={leave}
      onBlur={leave}
      onKeyDown={(event) => {
        const next = movedBy(event.key, data, picked, plot);
        if (next === undefined) return;
        event.preventDefault();
        pick(next);
      }}
    >
      <canvas ref={base} aria-hidden />
      <canvas ref={over} className="plot-over" aria-hidden />
      {drag !== undefined && Math.abs(drag.to - drag.from) >= CLICK && (
        <div
          className="plot-drag"
          style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from) }}
        />
      )}
    </div>
  );
}

/** Where an arrow key leads: to another step, or to another bin. */
function movedBy(key: string, data: PlotData, picked: Picked | undefined, plot: Plot): Picked | undefined {
  const { histograms, bins } = data;
  const at = picked === undefined ? histograms.length : histograms.indexOf(picked.histogram);
  const hasBins = plot === 'offset' || plot === 'overlay';
  const step = (place: number): Picked | undefined => {
    const histogram = histograms[Math.max(0, Math.min(histograms.length - 1, place))];
    return histogram && { histogram, bin: picked?.bin };
  };
  const bin = (by: number): Picked | undefined => {
    const current = step(at);
    if (!hasBins || current === undefined) return undefined;
    const from = picked?.bin ?? (by > 0 ? -1 : bins);
    return { ...current, bin: Math.max(0, Math.min(bins - 1, from + by)) };
  };
  switch (key) {
    case 'ArrowLeft':
      return step(at - 1);
    case 'ArrowRight':
      return step(at + 1);
    case 'Home':
      return step(0);
    case 'End':
      return step(histograms.length - 1);
    case 'ArrowDown':
      return bin(-1);
    case 'ArrowUp':
      return bin(1);
    default:
      return undefined;
  }
}

interface Texts {
  readonly value: string;
  readonly place: string;
  readonly rows?: readonly (readonly [string, string])[];
}

function textsOf(data: PlotData, { histogram, bin }: Picked): Texts {
  const place = placeText(data.axis, histogram, data.start);
  if (bin === undefined) return { value: place, place: '', rows: percentileRows(histogram.percentiles) };
  const { from, to, count } = binOf(data, histogram.buckets, bin);
  return { value: countText(count), place: `in ${from} to ${to}, ${place}` };
}

function sentenceOf(data: PlotData, picked: Picked): string {
  const { value, place, rows } = textsOf(data, picked);
  if (rows === undefined) return `${value} ${place}`;
  return `${value}: ${rows.map(([name, text]) => `${name} ${text}`).join(', ')}`;
}

function percentileRows(percentiles: Float64Array): readonly (readonly [string, string])[] {
  const names = BASIS_POINTS.map((point) =>
    point === 0 ? 'least' : point === 10_000 ? 'greatest' : point === 5000 ? 'median' : `${point / 100} %`,
  );
  // The greatest on top, as on the plot.
  return names.map((name, at) => [name, scalarText(percentiles[at]!)] as const).toReversed();
}

function binOf(
  { values, bins }: PlotData,
  buckets: Float64Array,
  bin: number,
): { readonly from: string; readonly to: string; readonly count: number } {
  const width = (values.hi - values.lo) / bins;
  const left = values.lo + bin * width;
  const count = rebin(buckets, { left: values.lo, right: values.hi }, bins)[bin]!;
  return { from: shortText(left), to: shortText(left + width), count };
}

/** Where a bucket of the log is divided between bins, the count is not known exactly. */
function countText(count: number): string {
  const isWhole = Math.abs(count - Math.round(count)) < 1e-6 * Math.max(1, count);
  return isWhole
    ? plural(Math.round(count), 'value')
    : `≈ ${formatShort(Number(count.toPrecision(3)))} values`;
}
