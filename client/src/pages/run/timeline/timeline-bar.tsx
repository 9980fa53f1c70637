/** The bar of the timeline: playback, the step, the readings, and the axis of steps. */
import { indexAt } from '@convscope/shared/sorted.js';
import { memo, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { windowOf } from '../../../charts/span.js';
import type { StripCurves } from '../../../runs/curves.js';
import { useIsHubLost, useRunSummary } from '../../../runs/runs-context.js';
import { stateWord } from '../../../runs/state-words.js';
import type { Part } from '../../../series/pixel-columns.js';
import { afterPaint } from '../../../ui/animation-frame.js';
import { Button } from '../../../ui/button.js';
import { formatStep } from '../../../ui/format.js';
import { Icon } from '../../../ui/icons.js';
import { Select } from '../../../ui/select.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { Toggle } from '../../../ui/toggle.js';
import { useRunPage } from '../run-page-context.js';
import { type Axis, SPEEDS } from '../state/view-state.js';

export function TimelineBar(props: {
  readonly curves: StripCurves | undefined;
  /** The step of the playhead, or the one under the pointer. */
  readonly at: number | undefined;
  readonly children: ReactNode;
}) {
  const { curves, at, children } = props;
  const app = useRunPage();
  const steps = useStore(app.run, (run) => run?.steps) ?? [];
  const index = at === undefined ? -1 : indexAt(steps, at);
  const capture = steps[index];
  const [barRef, isTight] = useTight();
  return (
    <div className={isTight ? 'timeline-bar is-tight' : 'timeline-bar'} ref={barRef}>
      {steps.length > 1 && <Playback />}
      {at !== undefined && (
        <span className="small nowrap">
          step <b>{formatStep(at)}</b>
        </span>
      )}
      {at !== undefined && capture !== undefined && (
        <span className="small nowrap yields">
          <span className="faint capture-count">
            capture {formatStep(index + 1)} of {formatStep(steps.length)}
            {capture !== at && `, step ${formatStep(capture)}`}
          </span>
        </span>
      )}
      <span className="grow" />
      {children}
      {curves !== undefined && curves.others.length > 0 && <AxisSelect />}
      {curves !== undefined && <SpanPill axis={curves.axis} />}
      <LivePill />
    </div>
  );
}

/** The gap between the parts of the bar, between two readings, and the bar's padding, as in timeline.css. */
const GAPS = { bar: 8, readings: 14, padding: 20 };
/** Room to spare before the readings return to the line of the bar: numbers change their widths all the time. */
const SPARE = 60;

/** Whether the readings that must be seen need a line of their own, and a reference for the bar. */
function useTight(): readonly [RefObject<HTMLDivElement | null>, boolean] {
  const ref = useRef<HTMLDivElement>(null);
  const [isTight, setTight] = useState(false);
  const isAsked = useRef(false);
  useEffect(() => {
    if (isAsked.current) return;
    isAsked.current = true;
    // After the paint, when the browser knows the widths: earlier, reading them would lay out the page for every render.
    afterPaint(() => {
      isAsked.current = false;
      const bar = ref.current;
      if (bar !== null) setTight((before) => isTooTight(bar, before));
    });
  });
  return [ref, isTight];
}

function isTooTight(bar: HTMLDivElement, isTight: boolean): boolean {
  const all = [...bar.querySelectorAll<HTMLElement>('[data-must-show]')];
  const [first] = all;
  if (first === undefined) return isTight;
  if (!isTight) return all.some(({ offsetTop }) => offsetTop > first.offsetTop);
  const fixed = [...bar.children].filter((part) => !part.matches('.readings, .grow, .yields'));
  const taken = fixed.reduce((sum, part) => sum + part.getBoundingClientRect().width + GAPS.bar, 0);
  const needed = all.reduce((sum, { offsetWidth }) => sum + offsetWidth + GAPS.readings, 0);
  return taken + needed + GAPS.padding + SPARE >= bar.clientWidth;
}

const Playback = memo(function Playback() {
  const app = useRunPage();
  const { playing, speed, loop } = useStoreValue(app.playback);
  return (
    <>
      <Button
        quiet
        iconOnly
        aria-label="Previous capture"
        title="Previous capture (←)"
        onClick={() => app.stepBy(-1)}
      >
        <Icon name="previous" />
      </Button>
      <Button
        quiet
        iconOnly
        aria-label={playing ? 'Pause' : 'Play'}
        title="Play or pause (Space)"
        onClick={() => app.togglePlay()}
      >
        <Icon name={playing ? 'pause' : 'play'} />
      </Button>
      <Button quiet iconOnly aria-label="Next capture" title="Next capture (→)" onClick={() => app.stepBy(1)}>
        <Icon name="next" />
      </Button>
      <Button
        quiet
        className="only-wide spare"
        aria-label={`Speed ${speed} times`}
        title="Speed of playing"
        onClick={() =>
          app.playback.set({
            ...app.playback.get(),
            speed: SPEEDS[(SPEEDS.indexOf(speed as 1) + 1) % SPEEDS.length]!,
          })
        }
      >
        {speed}×
      </Button>
      <Toggle
        className="button quiet icon-only toggle only-wide spare"
        pressed={loop}
        aria-label="Loop"
        title="Begin again at the end"
        onChange={(next) => app.playback.set({ ...app.playback.get(), loop: next })}
      >
        <Icon name="loop" />
      </Toggle>
      <span className="separator only-wide" />
    </>
  );
});

function AxisSelect() {
  const app = useRunPage();
  const axis = useStore(app.view, (view) => view.axis);
  return (
    <span className="only-wide">
      <Select<Axis>
        label="Axis of steps"
        text="axis"
        title="Which steps the axis spans: those of this run, or of all runs that are drawn"
        value={axis}
        options={[
          ['run', 'this run'],
          ['all', 'all'],
        ]}
        onChange={(next) => app.show({ axis: next, span: undefined })}
      />
    </span>
  );
}

/** The steps that the strip is zoomed into. A click shows all steps again. */
function SpanPill({ axis }: { axis: Part }) {
  const app = useRunPage();
  const span = useStore(app.view, (view) => view.span);
  if (span === undefined) return null;
  const { first, last } = windowOf(span, axis);
  return (
    <Button
      quiet
      className="nowrap"
      title="Show all steps (double-click in the strip)"
      onClick={() => app.show({ span: undefined })}
    >
      {formatStep(first)}–{formatStep(last)}
      <Icon name="close" />
    </Button>
  );
}

function LivePill() {
  const app = useRunPage();
  const run = useStoreValue(app.run);
  const following = useStore(app.view, (view) => view.step === undefined);
  const step = useStoreValue(app.step);
  const connected = useStore(app.runs.connection, (connection) => connection.status === 'connected');
  const summary = useRunSummary(run?.run);
  const isLive = summary?.state === 'live';
  const isHubLost = useIsHubLost();
  const isPaused = summary !== undefined && stateWord(summary, isHubLost).word === 'paused';
  if (run === undefined || step === undefined) return null;
  const behind = Math.max(0, run.lastStep - step);
  if (following) {
    if (!isLive) return null;
    return (
      <button
        type="button"
        className="live following"
        title={
          !connected
            ? 'The hub does not answer: newer steps are shown when it does'
            : isPaused
              ? 'Training is paused: newer steps are shown when it goes on'
              : 'Following the newest step (L)'
        }
        onClick={() => app.goLive()}
      >
        <span className={!connected ? 'dot hollow' : isPaused ? 'dot warn' : 'dot ok'} />
        {!connected ? 'Waiting' : isPaused ? 'Paused' : 'Live'}
      </button>
    );
  }
  return (
    <button
      type="button"
      className="live behind"
      title="Back to the newest step (L)"
      onClick={() => app.goLive()}
    >
      {isLive && connected && !isPaused ? 'Live' : 'Newest'}
      <Icon name="right" />+{formatStep(behind)}
    </button>
  );
}
