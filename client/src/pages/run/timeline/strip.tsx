/**
 * The curves and the playhead: drag to scrub, hover to preview, arrow keys to step. It has the role of a slider, but is not
 * one of the control library: its track is the axis of a chart, which is zoomed, padded and snaps to captures.
 */
import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { lossLimits } from '../../../charts/axis.js';
import { createStripChart, type StripChart, type StripLine } from '../../../charts/line-chart.js';
import { panSpan, windowOf, zoomSpan } from '../../../charts/span.js';
import { usePalette } from '../../../drawing/palette.js';
import type { StripCurves } from '../../../runs/curves.js';
import { runColour, runColourValue } from '../../../runs/run-colours.js';
import type { Point } from '../../../series/min-max-buckets.js';
import { formatStep, formatValue } from '../../../ui/format.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { showTip } from '../../../ui/tooltip.js';
import { useNarrow, useSize } from '../../../ui/use-size.js';
import { findingsOf } from '../frames/findings.js';
import { nearest } from '../frames/frame.js';
import { useRunPage } from '../run-page-context.js';
import { drawStripOverlay } from './strip-overlay.js';

/** How long the pointer must rest before its step is previewed. */
const PREVIEW_MS = 60;
/** One notch of a wheel (100 pixels) zooms by 1.5. */
const ZOOM_BASE = 1.5 ** (1 / 100);
const LINE_PIXELS = 33;

function inPixels({ deltaX, deltaY, deltaMode }: WheelEvent): { deltaX: number; deltaY: number } {
  const unit = deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PIXELS;
  return { deltaX: deltaX * unit, deltaY: deltaY * unit };
}

export function Strip({ curves, place }: { curves: StripCurves | undefined; place: number }) {
  const app = useRunPage();
  const narrow = useNarrow();
  const { tokens } = usePalette();
  const run = useStoreValue(app.run);
  const step = useStoreValue(app.step);
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
  const [ghost, setGhost] = useState<number | undefined>(undefined);
  const previewTimer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const dragging = useRef(false);
  const [drawn, setDrawn] = useState(0);

  useEffect(() => {
    if (curveRef.current === null) return;
    const made = createStripChart(curveRef.current, narrow);
    setChart(made);
    return () => made.close();
  }, [narrow]);

  const { first, last } = windowOf(span, curves?.lastStep ?? 1);
  const prepared = useMemo(() => {
    const part = isZoomed ? { first, last } : undefined;
    const lines: StripLine[] = [];
    const beside: (readonly Point[])[] = [];
    let own: readonly Point[] = [];
    for (const other of curves?.others ?? []) {
      const { dash } = runColour(other.place);
      const colour = runColourValue(other.place, tokens);
      if (other.loss !== undefined) {
        const points = other.loss.smoothed(part);
        beside.push(points);
        lines.push({ points, colour, dash, lane: 'loss', width: 1, alpha: 0.7 });
      }
      if (other.accuracy !== undefined) {
        lines.push({
          points: other.accuracy.raw(part),
          colour,
          dash,
          lane: 'accuracy',
          width: 1,
          alpha: 0.6,
        });
      }
    }
    const colour = runColourValue(place, tokens);
    const raw = curves?.loss?.raw(part) ?? [];
    if (curves?.loss !== undefined) {
      const points = curves.loss.smoothed(part);
      own = points;
      lines.push({ points: raw, colour, lane: 'loss', width: 1, alpha: 0.25 });
      lines.push({ points, colour, lane: 'loss', width: 1.75, alpha: 1 });
    }
    if (curves?.trainAccuracy !== undefined) {
      lines.push({
        points: curves.trainAccuracy.smoothed(part),
        colour,
        lane: 'accuracy',
        width: 1.5,
        alpha: 1,
      });
    }
    if (curves?.accuracy !== undefined) {
      const isAlone = curves.trainAccuracy === undefined;
      lines.push({
        points: curves.accuracy.raw(part),
        colour,
        lane: 'accuracy',
        width: isAlone ? 1.5 : 0,
        alpha: isAlone ? 1 : 0,
        dots: true,
      });
    }
    const hasAccuracy = !narrow && lines.some(({ lane }) => lane === 'accuracy');
    // chart.js draws the first dataset on top.
    return {
      lines: lines.reverse(),
      scales: { steps: { first, last }, loss: lossLimits(own, raw, beside) },
      hasAccuracy,
    };
  }, [curves, place, tokens, narrow, isZoomed, first, last]);

  useLayoutEffect(() => {
    if (chart === undefined || size.width === 0) return;
    chart.draw(prepared.lines, prepared.scales, size, prepared.hasAccuracy);
    setDrawn((old) => old + 1);
  }, [chart, prepared, size]);

  useLayoutEffect(() => {
    const overlay = overlayRef.current;
    if (!overlay || chart === undefined || size.width === 0 || drawn === 0) return;
    const perEpoch = run?.start?.plan.stepsPerEpoch;
    drawStripOverlay(overlay, {
      width: size.width,
      height: size.height,
      narrow,
      chart,
      tokens,
      loss: prepared.scales.loss,
      hasAccuracy: prepared.hasAccuracy,
      window: prepared.scales.steps,
      steps: run?.steps ?? [],
      gaps: run?.gaps ?? [],
      findings,
      firstNonFinite: curves?.loss?.firstNonFinite,
      stepsPerEpoch: perEpoch,
      step: step !== undefined && step >= 0 ? step : undefined,
      liveEdge: isFollowing || run === undefined ? undefined : run.lastStep,
      ghost,
      colour: runColourValue(place, tokens),
      lossNow: step === undefined ? undefined : curves?.loss?.smoothedAt(step),
      accuracyNow:
        step === undefined
          ? undefined
          : (curves?.trainAccuracy?.smoothedAt(step) ?? curves?.accuracy?.valueAt(step)),
      ends: (curves?.others ?? []).flatMap((other) => {
        const value =
          other.loss?.lastStep === undefined ? undefined : other.loss.smoothedAt(other.loss.lastStep);
        return value === undefined || !Number.isFinite(value)
          ? []
          : [{ colour: runColourValue(other.place, tokens), value }];
      }),
    });
  }, [chart, drawn, size, narrow, tokens, prepared, run, findings, curves, step, isFollowing, ghost, place]);

  useEffect(() => () => clearTimeout(previewTimer.current), []);

  const zoom = useCallback(
    (at: number, factor: number) => {
      const { lastStep } = curves ?? { lastStep: 1 };
      app.show({ span: zoomSpan(app.view.get().span, lastStep, at, factor) });
    },
    [app, curves],
  );
  useEffect(() => {
    const overlay = overlayRef.current;
    if (overlay === null || chart === undefined) return;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.metaKey) return;
      const { deltaX, deltaY } = inPixels(event);
      const sideways = event.shiftKey ? deltaX || deltaY : deltaX;
      const { lastStep } = curves ?? { lastStep: 1 };
      const shown = app.view.get().span;
      const { left, right } = chart.area;
      if (Math.abs(sideways) >= Math.abs(deltaY) || event.shiftKey) {
        if (shown === undefined) return;
        const { first, last } = windowOf(shown, lastStep);
        app.show({ span: panSpan(shown, lastStep, (sideways / (right - left)) * (last - first)) });
      } else zoom(chart.stepAt(event.clientX - overlay.getBoundingClientRect().left), ZOOM_BASE ** deltaY);
      event.preventDefault();
    };
    // React adds passive wheel listeners, which cannot prevent the page from scrolling.
    overlay.addEventListener('wheel', onWheel, { passive: false });
    return () => overlay.removeEventListener('wheel', onWheel);
  }, [app, chart, curves, zoom]);

  const stepUnder = (event: PointerEvent): number | undefined => {
    const box = overlayRef.current?.getBoundingClientRect();
    if (box === undefined || chart === undefined || run === undefined) return undefined;
    const at = Math.max(0, Math.min(run.lastStep, chart.stepAt(event.clientX - box.left)));
    return nearest(run.steps, at) ?? Math.round(at);
  };
  const leave = () => {
    clearTimeout(previewTimer.current);
    app.preview.set(undefined);
    setGhost(undefined);
    showTip(undefined);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const under = stepUnder(event);
    if (under === undefined) return;
    if (dragging.current) {
      app.scrubTo(under);
      return;
    }
    if (event.pointerType === 'touch') return;
    setGhost(under);
    const loss = curves?.loss?.smoothedAt(under);
    showTip({
      value: loss === undefined ? '' : formatValue(loss),
      place: `step ${formatStep(under)}`,
      x: event.clientX,
      y: event.clientY,
    });
    clearTimeout(previewTimer.current);
    if (!app.playback.get().playing)
      previewTimer.current = setTimeout(() => app.preview.set(under), PREVIEW_MS);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[
      event.key
    ];
    if (by !== undefined) app.stepBy(event.shiftKey ? by * 10 : by);
    else if (event.key === 'Home') app.scrubTo(0);
    else if (event.key === 'End') app.goLive();
    else if (event.key === '+' || event.key === '-') zoom(step ?? last, event.key === '+' ? 0.5 : 2);
    else if (event.key === '0') app.show({ span: undefined });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="strip"
      ref={boxRef}
      role="slider"
      tabIndex={0}
      aria-label="Step"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, run?.lastStep ?? 0)}
      aria-valuenow={Math.max(0, step ?? 0)}
      aria-valuetext={
        step === undefined
          ? run?.isComplete === true
            ? 'no steps yet'
            : 'loading'
          : `step ${formatStep(step)}`
      }
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        dragging.current = true;
        leave();
        const under = stepUnder(event);
        if (under !== undefined) app.scrubTo(under);
      }}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        dragging.current = false;
      }}
      onPointerCancel={() => {
        dragging.current = false;
      }}
      onPointerLeave={leave}
      onDoubleClick={() => app.show({ span: undefined })}
    >
      <div>
        <canvas ref={curveRef} aria-hidden="true" data-chart="curves" />
      </div>
      <canvas ref={overlayRef} className="overlay" aria-hidden="true" />
    </div>
  );
}
