/** The timeline of the page: curves, and a bar with playback controls and readings. */

import { memo, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { axisOf, union } from '../../../charts/span.js';
import { accuracyTags, curveOf, lacksTag, lossTagOf, type StripCurves } from '../../../runs/curves.js';
import { placeOf, runColour } from '../../../runs/run-colours.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Curve } from '../../../series/curve.js';
import { lazily } from '../../../ui/lazily.js';
import { type Store, useStore, useStoreList, useStoreValue } from '../../../ui/store.js';
import { useWaiting } from '../../../ui/use-waiting.js';
import { useRunPage } from '../run-page-context.js';
import type { DrawnAxis } from '../state/run-page-state.js';
import { Readings } from './readings.js';
import { stepsOf } from './run-steps.js';
import { TimelineBar } from './timeline-bar.js';
import './timeline.css';

// Loaded when runs are known: what draws charts is a sixth of the page's code.
const Strip = lazily(async () => (await import('./strip.js')).Strip, <StripPlace />);

/** Curves are redrawn at most this often, because a training process may run on the same machine. */
const REDRAW_MS = 200;

/** The value of a store, at most every so many milliseconds. `pause` is read with every change. */
function useStoreEvery<T>(store: Store<T>, pause: RefObject<number>): T {
  const [value, setValue] = useState(store.get);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = Number.NEGATIVE_INFINITY;
    const renew = () => {
      timer = undefined;
      last = performance.now();
      setValue(() => store.get());
    };
    const stop = store.subscribe(() => {
      timer ??= setTimeout(renew, Math.max(0, pause.current - (performance.now() - last)));
    });
    renew();
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store, pause]);
  return value;
}

export const Timeline = memo(function Timeline() {
  const app = useRunPage();
  // Select only what the curves depend on: run and list change with every step, the curves are updated less often.
  const data = useStore(app.run, (run) => run?.data);
  const tags = useStoreList(app.run, (run) => run?.scalarTags ?? []);
  const runs = useStoreList(app.runs.list, (list) => list?.runs.map(({ run }) => run) ?? []);
  // The first curve is drawn as soon as it is there.
  const pause = useRef(0);
  const held = useStoreEvery(app.curveData, pause);
  const smoothing = useStore(app.view, (view) => view.smoothing);
  const asked = useStore(app.view, (view) => view.curve);
  const axis = useStore(app.view, (view) => view.axis);
  const drawn = useStoreValue(app.drawn);
  const drawsEarlier = useStore(app.view, (view) => view.earlier);
  const step = useStoreValue(app.step);
  // A value of a long curve comes a moment after it is read.
  useStoreValue(app.runs.read);
  const [ghost, setGhost] = useState<number | undefined>(undefined);
  const places = useStoreValue(app.runs.table.places);
  const place = data === undefined ? 0 : (places.get(data.run) ?? placeOf(data.run));
  const isComplete = useStore(app.run, (run) => run?.isComplete === true);
  const isRead = useStore(app.run, (run) => run?.data.isComplete === true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: tags, choice and completeness are read from data and view
  const curves = useMemo((): StripCurves | undefined => {
    if (data === undefined || data.generation < 0) return undefined;
    const tag = app.curve.tagOf(data);
    const own = curvesOf(data, tag, smoothing);
    const others = runs.flatMap((one) => {
      const other = one === data.run || !drawn.has(one) ? undefined : held.get(one);
      if (other === undefined) return [];
      const beside = curvesOf(other, tag, smoothing);
      // Beside a run without accuracies, those of others would be on an axis that it does not have.
      const testAccuracy = own.testAccuracy === undefined ? undefined : beside.testAccuracy;
      return [{ place: places.get(one) ?? placeOf(one), data: other, ...beside, testAccuracy }];
    });
    const run = app.run.get();
    const series = tag === undefined ? undefined : data.scalar(tag);
    const ofRun = axisOf(own.main?.extent, run === undefined ? undefined : stepsOf(run, own.main));
    return {
      ...own,
      tag,
      hasTag: tag !== undefined && data.scalarTags.includes(tag),
      isTagMissing: lacksTag(data, tag),
      isStandIn: app.curve.isStandIn(data),
      replaced: series?.replacedRows ?? 0,
      earlier: drawsEarlier ? (series?.earlier ?? []) : [],
      earlierLeftOut: drawsEarlier ? (series?.earlierLeftOut ?? 0) : 0,
      trainAccuracy: curveOf(data, accuracyTags(data).train, smoothing),
      axis: axis === 'run' ? ofRun : union([ofRun, ...others.map(({ main }) => main?.extent)])!,
      hasNewest: run !== undefined && ofRun.last >= run.lastStep,
      others,
    };
  }, [app, data, tags, isRead, runs, held, smoothing, asked, axis, drawn, drawsEarlier, places]);
  useEffect(() => {
    pause.current = curves?.main === undefined ? 0 : REDRAW_MS;
    if (data === undefined || curves === undefined) return;
    const shown = [{ data, main: curves.main }, ...curves.others];
    app.runs.smoothedLosses.set(smoothedLosses(curves.tag, shown));
  }, [app, data, curves]);
  useEffect(() => {
    const beside = axis === 'run' ? [] : [...drawn.keys()].map((run) => held.get(run));
    const tag = curves?.tag;
    const isWhole = [data, ...beside].every(
      (one) => one?.isComplete === true && (tag === undefined || one.hasAllOf(tag)),
    );
    const next: DrawnAxis | undefined =
      isComplete && isWhole && data !== undefined && curves !== undefined
        ? { run: data.run, tag, of: axis, ...curves.axis }
        : undefined;
    if (!isSameAxis(app.axis.get(), next)) app.axis.set(next);
  }, [app, data, curves, isComplete, axis, drawn, held]);
  const isListed = useStore(app.runs.list, (list) => list !== undefined);
  const at = ghost ?? step;
  return (
    <section className="timeline" aria-label="Timeline">
      <TimelineBar curves={curves} at={at}>
        <Readings curves={curves} at={at} colour={runColour(place).variable} />
      </TimelineBar>
      {isListed ? <Strip curves={curves} place={place} ghost={ghost} onGhost={setGhost} /> : <StripPlace />}
    </section>
  );
});

function StripPlace() {
  useWaiting(true);
  return <div className="strip" />;
}

function isSameAxis(a: DrawnAxis | undefined, b: DrawnAxis | undefined): boolean {
  return (
    a?.run === b?.run && a?.tag === b?.tag && a?.of === b?.of && a?.first === b?.first && a?.last === b?.last
  );
}

function curvesOf(data: RunData, tag: string | undefined, smoothing: number | undefined) {
  return {
    main: curveOf(data, tag, smoothing),
    testAccuracy: curveOf(data, accuracyTags(data).test, 0),
    gaps: data.gaps,
  };
}

/** The last smoothed values of the curves, of runs whose loss is drawn. */
function smoothedLosses(
  tag: string | undefined,
  drawn: readonly { readonly data: RunData; readonly main: Curve | undefined }[],
): ReadonlyMap<string, number> {
  const losses = new Map<string, number>();
  for (const { data, main } of drawn) {
    const newest = main?.newest;
    if (main === undefined || newest === undefined || main.weight === 0 || lossTagOf(data) !== tag) continue;
    losses.set(data.run, newest.smoothed);
  }
  return losses;
}
