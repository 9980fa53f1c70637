/**
 * The curves and the playhead: drag to scrub, hover to preview, arrow keys to step. It has the role of a slider, but is not
 * one of the control library: its track is the axis of a chart, which is zoomed, padded and snaps to captures.
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
import { nonFiniteText } from '../../../charts/non-finite-marks.js';
import { windowOf } from '../../../charts/span.js';
import { createStripChart, NARROW_STRIP, STRIP, type StripChart } from '../../../charts/strip-chart.js';
import { usePalette } from '../../../drawing/palette.js';
import type { StripCurves } from '../../../runs/curves.js';
import { runColourValue } from '../../../runs/run-colours.js';
import type { Part } from '../../../series/pixel-columns.js';
import { useNextFrame } from '../../../ui/animation-frame.js';
import { formatStep } from '../../../ui/format.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { useTextWidth } from '../../../ui/text-width.js';
import { showTip } from '../../../ui/tooltip.js';
import { useNarrow, useSize } from '../../../ui/use-size.js';
import { findingsOf } from '../frames/findings.js';
import { nearest } from '../frames/frame.js';
import { useRunPage } from '../run-page-context.js';
import { drawnCurves, type LineEnd, lineEnds, stripLines } from './strip-lines.js';
import { drawStripOverlay } from './strip-overlay.js';
import { fontOf, roomForTexts } from './strip-texts.js';
import { tipOf } from './tip.js';
import { useStripZoom } from './use-strip-zoom.js';

/** How long the pointer must rest before its step is previewed. */
const PREVIEW_MS = 60;
/** A capture or a point of the curve that is nearer to the pointer than this, in pixels, attracts it. */
const CAPTURE_SNAP = 40;
const POINT_SNAP = 12;
/** A strip that is lower than this has one lane. */
const LEAST_OF_TWO_LANES = 60;
const NO_AXIS: Part = { first: 0, last: 1 };

/** The same array while nothing in it has changed. */
function useSameEnds(ends: readonly LineEnd[]): readonly LineEnd[] {
  const known = useRef(ends);
  if (JSON.stringify(known.current) !== JSON.stringify(ends)) known.current = ends;
  return known.current;
}

export function Strip(props: {
  readonly curves: StripCurves | undefined;
  readonly place: number;
  /** The step under the pointer. */
  readonly ghost: number | undefined;
  readonly onGhost: (step: number | undefined) => void;
}) {
  const { curves, place, ghost, onGhost } = props;
  const app = useRunPage();
  const narrow = useNarrow();
  const { tokens } = usePalette();
  const run = useStoreValue(app.run);
  const step = useStoreValue(app.step);
  const read = useStoreValue(app.runs.read);
  const span = useStore(app.view, (view) => view.span);
  const isZoomed = span !== undefined;
  const isFollowing = useStore(app.view, (view) => view.step === undefined);
  const health = useStoreValue(app.frames.history.health);
  const layers = run?.layers;
  const findings = useMemo(
    () =>
      findingsOf(
        (layers ?? []).map(({ name }) => name),
        health,
        'now',
      ),
    [layers, health],
  );
  const [boxRef, size] = useSize<HTMLDivElement>();
  const curveRef = useRef<HTMLCanvasElement>(null);
  const overlayRef = useRef<HTMLCanvasElement>(null);
  const [chart, setChart] = useState<StripChart | undefined>(undefined);
  const previewTimer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** Where the strip is while the playhead is dragged. */
  const dragged = useRef<DOMRect | undefined>(undefined);
  /** The steps that were chosen before each of the last two presses: a double click takes both back. */
  const before = useRef<readonly (number | undefined)[]>([]);
  const [drawn, setDrawn] = useState(0);
  const inNextFrame = useNextFrame();
  const pointer = useRef({ x: 0, y: 0 });

  useEffect(() => {
    if (curveRef.current === null) return;
    const made = createStripChart(curveRef.current, narrow);
    setChart(made);
    return () => made.close();
  }, [narrow]);

  const hasTwoLanes = !narrow && size.height >= LEAST_OF_TWO_LANES;
  const axis = curves?.axis ?? NO_AXIS;
  const { first, last } = windowOf(span, axis);
  const lines = useMemo(
    () => stripLines(curves, place, { first, last }, isZoomed, hasTwoLanes, tokens),
    [curves, place, tokens, hasTwoLanes, isZoomed, first, last],
  );
  const ends = useSameEnds(lineEnds(curves?.others, { first, last }, tokens));
  const drawing = useMemo(() => ({ ...lines, ends }), [lines, ends]);

  // Not measured on the canvas of the strip: setting the font of a canvas that is in the page lays the page out.
  const textWidth = useTextWidth(fontOf(tokens));
  useLayoutEffect(() => {
    if (chart === undefined || size.width === 0) return;
    const { lines, values, hasAccuracy, ticks, ends, window } = drawing;
    const least = narrow ? NARROW_STRIP : STRIP;
    const room = roomForTexts({ ticks, ends: narrow ? [] : ends }, textWidth, least);
    chart.draw(lines, { steps: window, loss: values, ...room }, size, hasAccuracy);
    setDrawn((old) => old + 1);
  }, [chart, drawing, size, narrow, textWidth]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: values that were asked for have come with every `read`
  useLayoutEffect(() => {
    const overlay = overlayRef.current;
    if (!overlay || chart === undefined || size.width === 0 || drawn === 0) return;
    const pointOf = (curve: StripCurves['main']) => {
      const reading = step === undefined ? undefined : curve?.readingAt(step, curves?.gaps);
      return reading === undefined || reading.step < first
        ? undefined
        : { x: reading.step, y: reading.smoothed };
    };
    const nonFinite = curves?.main?.nonFinite({ first, last }) ?? [];
    inNextFrame(() => {
      overlay.dataset['nonFinite'] = nonFiniteText(nonFinite);
      const labels = drawStripOverlay(overlay, {
        width: size.width,
        height: size.height,
        narrow,
        chart,
        tokens,
        drawing,
        steps: run?.steps ?? [],
        gaps: run?.gaps ?? [],
        findings,
        firstNonFinite: curves?.main?.firstNonFinite,
        nonFinite,
        stepsPerEpoch: run?.start?.plan.stepsPerEpoch,
        step,
        isNewest: isFollowing && curves?.hasNewest === true && last === curves.axis.last,
        liveEdge: isFollowing || run === undefined ? undefined : run.lastStep,
        ghost,
        colour: runColourValue(place, tokens),
        lossNow: pointOf(curves?.main),
        // The accuracy on the test set is not smoothed.
        accuracyNow: pointOf(curves?.trainAccuracy) ?? pointOf(curves?.testAccuracy),
      });
      overlay.dataset['stepLabels'] = labels.join(' ');
    });
  }, [
    inNextFrame,
    chart,
    drawn,
    size,
    narrow,
    tokens,
    drawing,
    run,
    findings,
    curves,
    step,
    read,
    isFollowing,
    ghost,
    place,
    first,
    last,
  ]);

  useEffect(() => {
    if (chart === undefined || size.width === 0) return;
    const { left, right } = chart.area;
    for (const curve of drawnCurves(curves)) curve.look({ first, last }, right - left);
  }, [chart, curves, size, first, last]);

  useEffect(() => () => clearTimeout(previewTimer.current), []);

  const zoom = useStripZoom(overlayRef, chart, axis);

  /** The step under the pointer: of a capture or a point of the curve, if one is near. */
  const stepUnder = (event: PointerEvent): number | undefined => {
    // It stays in its place while the playhead is dragged, and measuring it lays out the page.
    const box = dragged.current ?? overlayRef.current?.getBoundingClientRect();
    if (box === undefined || chart === undefined || run === undefined) return undefined;
    const at = Math.max(first, Math.min(last, chart.stepAt(event.clientX - box.left)));
    const isNear = (step: number | undefined, pixels: number) =>
      step !== undefined &&
      step >= first &&
      step <= last &&
      Math.abs(chart.xOf(step) - chart.xOf(at)) <= pixels;
    const capture = nearest(run.steps, at);
    if (isNear(capture, CAPTURE_SNAP)) return capture;
    const point = curves?.main?.nearestStep(at);
    return isNear(point, POINT_SNAP) ? point : Math.round(at);
  };
  /** The steps that are drawn in the same pixel as this one. */
  const pixelAt = (step: number): Part => {
    const half = chart === undefined ? 0 : Math.abs(chart.stepAt(1) - chart.stepAt(0)) / 2;
    return { first: step - half, last: step + half };
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tooltip is there already, and its values have come
  useEffect(() => {
    if (ghost !== undefined) showTip({ ...tipOf(curves, ghost, pixelAt(ghost)), ...pointer.current });
  }, [read]);
  const leave = () => {
    clearTimeout(previewTimer.current);
    app.preview.set(undefined);
    onGhost(undefined);
    showTip(undefined);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const under = stepUnder(event);
    if (under === undefined) return;
    if (dragged.current !== undefined) {
      app.holdAt(under);
      return;
    }
    if (event.pointerType === 'touch') return;
    onGhost(under);
    pointer.current = { x: event.clientX, y: event.clientY };
    showTip({ ...tipOf(curves, under, pixelAt(under)), ...pointer.current });
    clearTimeout(previewTimer.current);
    if (!app.playback.get().playing)
      previewTimer.current = setTimeout(() => app.preview.set(under), PREVIEW_MS);
  };
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    dragged.current = overlayRef.current?.getBoundingClientRect();
    before.current = [...before.current.slice(-1), app.view.get().step];
    leave();
    const under = stepUnder(event);
    if (under !== undefined) app.holdAt(under);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[
      event.key
    ];
    if (by !== undefined) app.stepBy(event.shiftKey ? by * 10 : by);
    else if (event.key === 'Home') app.scrubTo(axis.first);
    else if (event.key === 'End') app.goLive();
    else if (event.key === '+' || event.key === '-') zoom(step ?? last, event.key === '+' ? 0.5 : 2);
    else if (event.key === '0') app.show({ span: undefined });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const release = () => {
    dragged.current = undefined;
  };
  return (
    <div
      className="strip"
      ref={boxRef}
      role="slider"
      tabIndex={0}
      aria-label="Step"
      aria-valuemin={Math.min(axis.first, step ?? axis.first)}
      aria-valuemax={Math.max(run?.lastStep ?? 0, step ?? axis.first)}
      aria-valuenow={step ?? axis.first}
      aria-valuetext={
        step === undefined
          ? run?.isComplete === true
            ? 'no steps yet'
            : 'loading'
          : `step ${formatStep(step)}`
      }
      data-window={`${first},${last}`}
      data-value-labels={drawing.ticks.map(({ text }) => text).join(' ')}
      data-own-points={curves?.main?.length ?? 0}
      data-earlier={curves?.earlier.length ?? 0}
      data-others={curves?.others.filter(({ main }) => main !== undefined).length ?? 0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={release}
      onPointerCancel={release}
      onPointerLeave={leave}
      onDoubleClick={() => app.show({ span: undefined, step: before.current[0] })}
    >
      <div>
        <canvas ref={curveRef} aria-hidden="true" data-chart="curves" />
      </div>
      <canvas ref={overlayRef} className="overlay" aria-hidden="true" />
    </div>
  );
}
