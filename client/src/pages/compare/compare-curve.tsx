/**
 * The loss of both sides, with a playhead for each of them: drag either to choose its capture. The playheads have the role
 * of sliders, but are not those of the control library: their track is the axis of a chart, and they snap to captures.
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { stepTicks, ticksIn } from '../../charts/axis.js';
import { drawNonFinite, nonFiniteText } from '../../charts/non-finite-marks.js';
import { createStripChart, NARROW_STRIP, STRIP, type StripChart } from '../../charts/strip-chart.js';
import { scalarText, tickTexts } from '../../charts/tick-text.js';
import { fitCanvas } from '../../drawing/canvas.js';
import { usePalette } from '../../drawing/palette.js';
import { placeOf } from '../../runs/run-colours.js';
import { useRunTitles } from '../../runs/use-run-titles.js';
import { useNextFrame } from '../../ui/animation-frame.js';
import { formatStep } from '../../ui/format.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useTextWidth } from '../../ui/text-width.js';
import type { Tokens } from '../../ui/tokens.js';
import { showTip } from '../../ui/tooltip.js';
import { useNarrow, useSize } from '../../ui/use-size.js';
import { nearest } from '../run/frames/frame.js';
import { useCompare } from './compare-context.js';
import { type Playhead, playheadAt, playheads } from './playheads.js';
import { axisOf, type DrawnCurves, drawnCurves, type SideCurve, sideCurves } from './side-curves.js';
import type { SideName } from './view.js';

/** Pixels beside the text of a playhead. */
const HEAD_PADDING = 5;
/** Between the text of a value and the chart. */
const TEXT_GAP = 6;
/** From the bottom up to the line of captures. */
const BELOW = 20;
const SIDES = ['a', 'b'] as const satisfies readonly SideName[];

/** Nothing while there are no two captures to choose from. */
export function CompareCurve() {
  const app = useCompare();
  const a = useStore(app.a, ({ steps }) => steps.length);
  const b = useStore(app.b, ({ steps }) => steps.length);
  return a > 1 || b > 1 ? <Curve /> : null;
}

function Curve() {
  const app = useCompare();
  const narrow = useNarrow();
  const { tokens } = usePalette();
  const a = useStoreValue(app.a);
  const b = useStoreValue(app.b);
  const held = useStoreValue(app.runs.data);
  const places = useStoreValue(app.runs.table.places);
  const read = useStoreValue(app.runs.read);
  const [boxRef, size] = useSize<HTMLElement>();
  const curveRef = useRef<HTMLCanvasElement>(null);
  const overlayRef = useRef<HTMLCanvasElement>(null);
  const [chart, setChart] = useState<StripChart | undefined>(undefined);
  const [drawn, setDrawn] = useState(0);
  const dragged = useRef<SideName | undefined>(undefined);
  const inNextFrame = useNextFrame();
  const textWidth = useTextWidth(`600 11px ${tokens.font}`);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the points of the curves come with `held` and `read`
  const curves = useMemo(
    () => sideCurves(a.view, b.view, (run) => places.get(run) ?? placeOf(run)),
    [a.view, b.view, held, read, places],
  );
  const titleOf = useRunTitles();
  const { first, last } = axisOf(curves, [a, b]);
  const drawing = useMemo(() => drawnCurves(curves, { first, last }, tokens), [curves, first, last, tokens]);

  useEffect(() => {
    if (curveRef.current === null) return;
    const made = createStripChart(curveRef.current, narrow);
    setChart(made);
    return () => made.close();
  }, [narrow]);

  useLayoutEffect(() => {
    if (chart === undefined || size.width === 0) return;
    const { left: least, right } = narrow ? NARROW_STRIP : { ...STRIP, right: NARROW_STRIP.right };
    const left = Math.max(
      least,
      ...valueTexts(drawing).map(([, text]) => Math.ceil(textWidth(text)) + TEXT_GAP + 1),
    );
    chart.draw(drawing.lines, { steps: { first, last }, loss: drawing.values, left, right }, size, false);
    setDrawn((old) => old + 1);
  }, [chart, drawing, size, narrow, first, last, textWidth]);

  useEffect(() => {
    if (chart === undefined || size.width === 0) return;
    const { left, right } = chart.area;
    for (const { curve } of curves) curve?.look({ first, last }, right - left);
  }, [chart, curves, size, first, last]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the chart has other places after every drawing
  const heads = useMemo(() => {
    if (chart === undefined || size.width === 0) return [];
    const shown = { a: a.step, b: b.step };
    const at = SIDES.flatMap((side) => {
      const step = shown[side];
      return step === undefined ? [] : [{ side, step, x: Math.round(chart.xOf(step)) }];
    });
    const widthOf = (side: SideName, step: number) => textWidth(textOf(side, step)) + 2 * HEAD_PADDING;
    return playheads(at, size.width, widthOf);
  }, [chart, drawn, size, a.step, b.step, textWidth]);

  useLayoutEffect(() => {
    const overlay = overlayRef.current;
    if (overlay === null || chart === undefined || size.width === 0 || drawn === 0) return;
    const captures = a.run === b.run ? [a.steps] : [a.steps, b.steps];
    inNextFrame(() => drawOverlay(overlay, { chart, size, tokens, drawing, captures, heads, first, last }));
  }, [inNextFrame, chart, drawn, size, tokens, drawing, heads, a, b, first, last]);

  const stepAt = (event: PointerEvent): number | undefined => {
    const box = boxRef.current?.getBoundingClientRect();
    if (box === undefined || chart === undefined) return undefined;
    return Math.max(first, Math.min(last, chart.stepAt(event.clientX - box.left)));
  };
  const drag = (side: SideName, at: number) => {
    const next = nearest(app[side].get().steps, at);
    if (next !== undefined && next !== app.view[side].step) app.selectStep(side, next);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const box = boxRef.current?.getBoundingClientRect();
    const at = stepAt(event);
    if (event.button !== 0 || box === undefined || at === undefined) return;
    const side = playheadAt(heads, event.clientX - box.left);
    if (side === undefined) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.querySelector<HTMLElement>(`[data-side=${side}]`)?.focus({ preventScroll: true });
    dragged.current = side;
    showTip(undefined);
    drag(side, at);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const at = stepAt(event);
    if (at === undefined) return;
    if (dragged.current !== undefined) drag(dragged.current, at);
    else if (event.pointerType !== 'touch')
      showTip({ ...tipOf(curves, Math.round(at), titleOf), x: event.clientX, y: event.clientY });
  };
  const release = () => {
    dragged.current = undefined;
  };
  return (
    <section
      className="compare-curve"
      aria-label="Curve with the steps of A and B"
      ref={boxRef}
      data-curves={curves.filter(({ curve }) => curve !== undefined).length}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={release}
      onPointerCancel={release}
      onPointerLeave={() => showTip(undefined)}
    >
      <div>
        <canvas ref={curveRef} aria-hidden="true" />
      </div>
      <canvas ref={overlayRef} className="overlay" aria-hidden="true" />
      <span className="micro compare-curve-name">{curvesText(curves)}</span>
      {SIDES.map((side) => (
        <Head
          key={side}
          side={side}
          head={heads.find((one) => one.side === side)}
          steps={side === 'a' ? a.steps : b.steps}
        />
      ))}
    </section>
  );
}

/** "train/loss", "A loss, B val/loss" */
function curvesText(curves: readonly SideCurve[]): string {
  const tags = new Set(curves.map(({ tag }) => tag));
  const [only] = tags;
  if (tags.size <= 1) return only ?? 'no scalar was logged';
  return curves
    .map(({ sides, tag }) => `${sides.join(' and ').toUpperCase()} ${tag ?? 'no scalar'}`)
    .join(', ');
}

function textOf(side: SideName, step: number): string {
  return `${side.toUpperCase()} ${formatStep(step)}`;
}

function tipOf(curves: readonly SideCurve[], step: number, titleOf: (run: string) => string) {
  const rows = curves.flatMap(({ curve, data, tag, run }): (readonly [string, string])[] => {
    const reading = curve?.readingAt(step, data.gaps);
    if (tag === undefined || reading === undefined) return [];
    const name = curves.length > 1 ? titleOf(run) : tag;
    return [[name, scalarText(reading.smoothed)]];
  });
  return { value: `step ${formatStep(step)}`, place: 'drag A or B', rows };
}

function Head(props: {
  readonly side: SideName;
  readonly head: Playhead | undefined;
  readonly steps: readonly number[];
}) {
  const { side, head, steps } = props;
  const app = useCompare();
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[
      event.key
    ];
    if (by !== undefined) app.stepBy(side, event.shiftKey ? by * 10 : by);
    else if (event.key === 'Home') app.selectStep(side, steps[0]);
    else if (event.key === 'End') app.selectStep(side, steps.at(-1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  if (head === undefined) return null;
  const { step, x, from, to } = head;
  return (
    <div
      className={`compare-head is-${side}`}
      style={{ left: x }}
      role="slider"
      tabIndex={0}
      data-side={side}
      aria-label={`Step of ${side.toUpperCase()} on the curve`}
      aria-valuemin={Math.min(step, steps[0] ?? step)}
      aria-valuemax={Math.max(step, steps.at(-1) ?? step)}
      aria-valuenow={step}
      aria-valuetext={`step ${formatStep(step)}`}
      onKeyDown={onKeyDown}
    >
      <b style={{ left: from - x, width: to - from }}>{textOf(side, step)}</b>
    </div>
  );
}

interface Overlay {
  readonly chart: StripChart;
  readonly size: { readonly width: number; readonly height: number };
  readonly tokens: Tokens;
  readonly drawing: DrawnCurves;
  /** The captures of each run. */
  readonly captures: readonly (readonly number[])[];
  readonly heads: readonly Playhead[];
  readonly first: number;
  readonly last: number;
}

/** The ticks of the values, with their texts. */
function valueTexts({ lines, values: { lo, hi } }: DrawnCurves): (readonly [number, string])[] {
  const ticks = lines.length === 0 ? [] : ticksIn(lo, hi, 3);
  return tickTexts(ticks).map((text, at) => [ticks[at]!, text]);
}

/** Draws the axes, and a line for each capture. */
function drawOverlay(canvas: HTMLCanvasElement, overlay: Overlay): void {
  const { chart, size, tokens, drawing, captures, heads, first, last } = overlay;
  const context = fitCanvas(canvas, size.width, size.height);
  if (context === undefined) return;
  const { left, right } = chart.area;
  const top = size.height - BELOW;
  context.font = `400 11px ${tokens.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const [value, text] of valueTexts(drawing)) {
    const y = Math.round(chart.lossY(value)) + 0.5;
    context.fillStyle = tokens.line;
    context.fillRect(left, y - 0.5, right - left, 1);
    context.fillStyle = tokens['text-3'];
    context.fillText(text, left - TEXT_GAP, y);
  }
  const lane = { top: chart.area.top, bottom: chart.lossY(drawing.values.lo) };
  for (const found of drawing.nonFinite) drawNonFinite(context, chart, lane, found, tokens);
  canvas.dataset['nonFinite'] = nonFiniteText(drawing.nonFinite.flat());
  context.fillStyle = tokens['text-3'];
  for (const [row, steps] of captures.entries()) {
    let before = Number.NEGATIVE_INFINITY;
    for (const step of steps) {
      const x = Math.round(chart.xOf(step));
      if (x > before) context.fillRect(x, top - 4 * row, 1, 4 - row);
      before = x;
    }
  }
  context.textAlign = 'center';
  for (const tick of stepTicks(first, last, Math.max(1, Math.floor((right - left) / 100)))) {
    const text = formatStep(tick);
    const half = context.measureText(text).width / 2;
    const x = Math.max(half, Math.min(size.width - half, chart.xOf(tick)));
    if (!heads.some(({ from, to }) => x - half < to + 8 && x + half > from - 8))
      context.fillText(text, x, top + 13);
  }
}
