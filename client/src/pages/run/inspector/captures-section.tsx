/** The chosen channel over all captures: small maps with their steps, in the colours of the output. */
import { PROBE_INPUT_TAG } from '@convscope/shared/run-description.js';
import { indexAt } from '@convscope/shared/sorted.js';
import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { blitMap } from '../../../drawing/blit.js';
import { fitCanvas } from '../../../drawing/canvas.js';
import { usePalette } from '../../../drawing/palette.js';
import { reducedStack } from '../../../drawing/reduced-stack.js';
import { useNextFrame } from '../../../ui/animation-frame.js';
import { formatStep } from '../../../ui/format.js';
import { useStore, useStoreLater, useStoreValue } from '../../../ui/store.js';
import { Toggle } from '../../../ui/toggle.js';
import { useSize } from '../../../ui/use-size.js';
import { probesRow } from '../frames/frame.js';
import { rectifiedOf, stackOf } from '../frames/stacks.js';
import type { TagRef } from '../frames/tag-ref.js';
import { useRunPage } from '../run-page-context.js';
import { useLimits } from '../shown/use-limits.js';
import type { Selection } from '../state/selection.js';
import { capturesLayout, offsetFor, tileCornerOf, tilesInView, tileUnder } from './captures-layout.js';
import { otherProbesText, withOtherProbes } from './other-probes.js';
import './captures-section.css';

export function CapturesSection({ selection }: { selection: Selection }) {
  const app = useRunPage();
  const isOpen = useStore(app.view, (view) => view.strip);
  const count = useStore(app.run, (run) => run?.steps.length ?? 0);
  if (selection.shape === undefined || count < 2) return null;
  return (
    <section className="section" aria-label="The channel over all captures">
      <h3 className="heading captures-heading">
        Over all captures
        <span className="grow" />
        <Toggle
          className="chip"
          pressed={isOpen}
          title="The map of this channel at every capture"
          onChange={(strip) => app.show({ strip })}
        >
          {isOpen ? 'hide' : 'show'}
        </Toggle>
      </h3>
      {isOpen && <Captures selection={selection} />}
    </section>
  );
}

/** The tag and kind of the stage that is shown. */
function useShownTag({ layer, shown }: Selection): TagRef {
  const isGradient = shown.stage === 'gradient' && layer.gradient !== undefined;
  return isGradient ? layer.gradient : layer.output;
}

function Captures({ selection }: { selection: Selection }) {
  const app = useRunPage();
  const { beside } = app.frames;
  const { channel, shown, layer, shape } = selection;
  const of = useShownTag(selection);
  const data = useStore(app.run, (run) => run?.data);
  const rows = useStore(app.run, (run) => run?.data.blob(of.tag, of.kind)?.rows ?? 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the steps of the tag change with its rows
  const steps = useMemo(() => data?.blob(of.tag, of.kind)?.steps ?? [], [data, of.tag, of.kind, rows]);
  const choices = useStore(app.run, (run) => run?.data.blob(PROBE_INPUT_TAG, 'tensor')?.rows ?? 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the probes of a step change with their records
  const changes = useMemo(
    () => (data === undefined ? [] : withOtherProbes(steps, (at) => probesRow(data, at))),
    [data, steps, choices],
  );
  const probe = useStore(app.view, (view) => view.probe);
  const lock = useStore(app.view, (view) => view.lock);
  // It is walked by keys and clicked, so it follows at once.
  const step = useStoreValue(app.step);
  const arrivals = useStoreLater(beside.arrivals);
  const { limits } = useLimits('output', shown.stack, shown.piece?.decoded, shown.tag, shown.signed, lock);
  const { tokens, luts, nonFinite, well } = usePalette();
  const [boxRef, size] = useSize<HTMLDivElement>();
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const [top, setTop] = useState(0);
  const inNextFrame = useNextFrame();
  const [, mapHeight, mapWidth] = shape ?? [1, 1, 1];
  const layout = useMemo(
    () => capturesLayout(steps.length, [mapHeight, mapWidth], size.width),
    [steps.length, mapHeight, mapWidth, size.width],
  );
  const current = step === undefined ? -1 : indexAt(steps, step);
  const { first, end } = tilesInView(layout, steps.length, top, size.height);

  useEffect(() => {
    if (size.width > 0) beside.wish.set({ of, steps: steps.slice(first, end) });
  }, [beside, of, steps, first, end, size.width]);
  useEffect(() => () => beside.wish.set(undefined), [beside]);

  // The playhead's capture is kept in view when it changes, and not when the strip is scrolled.
  useLayoutEffect(() => {
    const box = boxRef.current;
    if (box === null || current < 0 || size.height === 0) return;
    box.scrollTop = offsetFor(layout, current, box.scrollTop, size.height);
  }, [boxRef, layout, current, size.height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what has arrived is read from the frames
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    if (canvas === null || size.width === 0 || data === undefined) return;
    inNextFrame(() => {
      const context = fitCanvas(canvas, size.width, size.height);
      if (context === undefined) return;
      const colouring = { lut: shown.signed ? luts.RdBu : luts.viridis, limits, nonFinite, well };
      let drawn = 0;
      context.font = `11px ${tokens.font}`;
      for (let index = first; index < end; index++) {
        const corner = tileCornerOf(layout, index);
        const [x, y] = [corner.x, corner.y - top + 2];
        const record = beside.recordAt(data, of, steps[index]!);
        const raw = record === undefined ? undefined : stackOf(record, probe);
        const stack = raw !== undefined && shown.stage === 'relu' ? rectifiedOf(raw) : raw;
        if (stack === undefined || channel >= stack.shape[0]) {
          context.fillStyle = tokens.well;
          context.fillRect(x + 2, y, layout.width, layout.height);
        } else {
          const factor = layout.zoom < 1 ? Math.ceil(1 / layout.zoom) : 1;
          const zoom = (layout.zoom * stack.shape[2]) / Math.ceil(stack.shape[2] / factor);
          blitMap(context, reducedStack(stack, factor), channel, x + 2, y, zoom, colouring);
          drawn++;
        }
        if (changes.includes(index)) {
          context.fillStyle = tokens['text-2'];
          context.fillRect(x, y - 2, 2, layout.height + 15);
        }
        const isCurrent = index === current;
        context.fillStyle = isCurrent ? tokens.text : tokens['text-3'];
        context.fillText(formatStep(steps[index]!), x + 2, y + layout.height + 11, layout.pitchX - 4);
        if (isCurrent) {
          context.strokeStyle = tokens.accent;
          context.lineWidth = 2;
          context.strokeRect(x + 1, y - 1, layout.width + 2, layout.height + 2);
        }
      }
      canvas.dataset['drawn'] = String(drawn);
      canvas.dataset['steps'] = `${steps[first] ?? ''},${steps[end - 1] ?? ''}`;
    });
  }, [
    ...[inNextFrame, beside, data, of, steps, probe, channel, shown.stage, shown.signed, limits, arrivals],
    ...[layout, first, end, top, size, current, changes, luts, nonFinite, well, tokens],
  ]);

  const go = (index: number) => {
    const next = steps[Math.max(0, Math.min(steps.length - 1, index))];
    if (next !== undefined) app.holdAt(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { columns } = layout;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (by !== undefined) go(current + by);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(steps.length - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onClick = (event: PointerEvent): void => {
    const box = boxRef.current?.getBoundingClientRect();
    if (box === undefined) return;
    const index = tileUnder(layout, steps.length, event.clientX - box.left, event.clientY - box.top + top);
    if (index !== undefined) go(index);
  };
  const text = step === undefined || current < 0 ? 'none' : `step ${formatStep(steps[current]!)}`;
  const others = otherProbesText(changes.map((index) => steps[index]!));
  return (
    <>
      <div
        ref={boxRef}
        className="captures"
        role="slider"
        tabIndex={0}
        aria-label={`Captures of ${layer.name} out ${channel}. Arrow keys walk through them`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, steps.length - 1)}
        aria-valuenow={Math.max(0, current)}
        aria-valuetext={text}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
        onPointerUp={onClick}
      >
        <canvas ref={canvasRef} aria-hidden="true" data-strip={shown.tag} />
        <div aria-hidden="true" style={{ height: Math.max(0, layout.total - size.height) }} />
      </div>
      {others !== undefined && <p className="micro">{others}</p>}
    </>
  );
}
