/** The timeline of the page: curves, and a bar with playback controls and readings. */

import { useEffect, useMemo, useState } from 'react';
import { windowOf } from '../../../charts/span.js';
import { lossTag, type StripCurves, testAccuracyTag } from '../../../runs/curves.js';
import { runColour } from '../../../runs/run-colours.js';
import { Button } from '../../../ui/button.js';
import { formatPercent, formatStep, formatValue } from '../../../ui/format.js';
import { Icon } from '../../../ui/icons.js';
import { Select } from '../../../ui/select.js';
import { type Store, useStore, useStoreValue } from '../../../ui/store.js';
import { Toggle } from '../../../ui/toggle.js';
import { indexAt } from '../frames/frame.js';
import { useRunPage } from '../run-page-context.js';
import { SPEEDS } from '../state/view-state.js';
import { Strip } from './strip.js';
import './timeline.css';

/** Curves are redrawn at most this often, because a training process may run on the same machine. */
const REDRAW_MS = 200;
const SMOOTHINGS = ['0', '0.6', '0.8', '0.9', '0.95', '0.99'] as const;

/** The value of a store, at most every `everyMs`. */
function useStoreEvery<T>(store: Store<T>, everyMs: number): T {
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
      timer ??= setTimeout(renew, Math.max(0, everyMs - (performance.now() - last)));
    });
    renew();
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [store, everyMs]);
  return value;
}

export function Timeline() {
  const app = useRunPage();
  // Select only what the curves depend on: run and list change with every step, the curves are updated less often.
  const data = useStore(app.run, (run) => run?.data);
  const tagText = useStore(app.run, (run) => run?.scalarTags.join('\n') ?? '');
  const runText = useStore(app.runs.list, (list) => list?.runs.map(({ run }) => run).join('\n') ?? '');
  const held = useStoreEvery(app.curveData, REDRAW_MS);
  const smoothing = useStore(app.view, (view) => view.smoothing);
  const asked = useStore(app.view, (view) => view.curve);
  const hidden = useStoreValue(app.runs.hidden);
  const tags = useMemo(() => (tagText === '' ? [] : tagText.split('\n')), [tagText]);
  const runs = useMemo(() => (runText === '' ? [] : runText.split('\n')), [runText]);
  const place = data === undefined ? -1 : runs.indexOf(data.run);
  const lossName = asked ?? lossTag(tags);
  const curves = useMemo((): StripCurves | undefined => {
    if (data === undefined) return undefined;
    const { curves: book } = app.runs;
    const others = runs.flatMap((one, at) => {
      const other = one === data.run || hidden.has(one) ? undefined : held.get(one);
      if (other === undefined) return [];
      const loss = book.of(other, asked ?? lossTag(other.scalarTags), smoothing);
      return [{ place: at, loss, accuracy: book.of(other, testAccuracyTag(other.scalarTags), 0) }];
    });
    const trainAccuracy = tags.includes('train/accuracy') ? 'train/accuracy' : undefined;
    return {
      loss: book.of(data, lossName, smoothing),
      accuracy: book.of(data, testAccuracyTag(tags), 0),
      trainAccuracy: book.of(data, trainAccuracy, smoothing),
      others,
      lastStep: Math.max(1, app.run.get()?.lastStep ?? 1, ...others.map(({ loss }) => loss?.lastStep ?? 0)),
    };
  }, [app, data, tags, runs, held, smoothing, lossName, asked, hidden]);
  return (
    <section className="timeline" aria-label="Timeline">
      <TimelineBar lossName={lossName} curves={curves} colour={runColour(place).variable} />
      <Strip curves={curves} place={place} />
    </section>
  );
}

function TimelineBar(props: {
  lossName: string | undefined;
  curves: StripCurves | undefined;
  colour: string;
}) {
  const { lossName, curves, colour } = props;
  const app = useRunPage();
  const run = useStoreValue(app.run);
  const step = useStoreValue(app.step);
  const { playing, speed, loop } = useStoreValue(app.playback);
  const smoothing = useStore(app.view, (view) => view.smoothing);
  const canPlay = (run?.steps.length ?? 0) > 1;
  const index = run === undefined || step === undefined ? -1 : indexAt(run.steps, step);
  const at = step ?? 0;
  const loss = curves?.loss?.smoothedAt(at);
  const train = curves?.trainAccuracy?.smoothedAt(at);
  const test = curves?.accuracy?.valueAt(at);
  const smoothings = SMOOTHINGS.map((one) => [one, one] as const);
  const own = String(smoothing);
  return (
    <div className="timeline-bar">
      {canPlay && (
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
          <Button
            quiet
            iconOnly
            aria-label="Next capture"
            title="Next capture (→)"
            onClick={() => app.stepBy(1)}
          >
            <Icon name="next" />
          </Button>
          <Button
            quiet
            className="only-wide"
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
            className="button quiet icon-only toggle only-wide"
            pressed={loop}
            aria-label="Loop"
            title="Begin again at the end"
            onChange={(next) => app.playback.set({ ...app.playback.get(), loop: next })}
          >
            <Icon name="loop" />
          </Toggle>
          <span className="separator only-wide" />
        </>
      )}
      {step !== undefined && step >= 0 && (
        <span className="small nowrap">
          step <b>{formatStep(step)}</b>{' '}
          {index >= 0 && (
            <span className="faint">
              capture {formatStep(index + 1)} of {formatStep(run?.steps.length ?? 0)}
            </span>
          )}
        </span>
      )}
      <span className="grow" />
      <span className="small nowrap readings only-wide">
        {loss !== undefined && (
          <span className="row" style={{ gap: 4 }}>
            <span className="stroke" style={{ background: colour, marginRight: 2 }} />
            <Select
              label="Curve in the strip"
              title="Which scalar the strip draws"
              value={lossName ?? ''}
              options={[...(run?.scalarTags ?? [])]
                .sort()
                .map((tag) => [tag, tag === 'train/loss' ? 'loss' : tag] as const)}
              onChange={(tag) =>
                app.show({ curve: tag === lossTag(run?.scalarTags ?? []) ? undefined : tag })
              }
            />
            <b className={Number.isFinite(loss) ? '' : 'is-nan'}>{formatValue(loss)}</b>
          </span>
        )}
        {train !== undefined && (
          <span>
            <span className="faint">acc</span> <b>{formatPercent(train)}</b>
          </span>
        )}
        {test !== undefined && (
          <span>
            <span className="faint">test acc</span> <b>{formatPercent(test)}</b>
          </span>
        )}
      </span>
      {curves?.loss !== undefined && (
        <span className="only-wide">
          <Select
            label="Smoothing of the curve"
            text="smooth"
            title="Debiased exponential moving average, as in TensorBoard"
            value={own}
            options={smoothings.some(([one]) => one === own) ? smoothings : [...smoothings, [own, own]]}
            onChange={(next) => app.show({ smoothing: Number(next) })}
          />
        </span>
      )}
      <SpanPill lastStep={curves?.lastStep} />
      <LivePill />
    </div>
  );
}

/** The steps that the strip is zoomed into. A click shows all steps again. */
function SpanPill({ lastStep }: { lastStep: number | undefined }) {
  const app = useRunPage();
  const span = useStore(app.view, (view) => view.span);
  if (span === undefined || lastStep === undefined) return null;
  const { first, last } = windowOf(span, lastStep);
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
  const isLive = useStore(
    app.runs.list,
    (list) => list?.runs.find((one) => one.run === run?.run)?.state === 'live',
  );
  if (run === undefined || step === undefined) return null;
  const behind = Math.max(0, run.lastStep - step);
  if (following) {
    if (!isLive) return null;
    return (
      <button
        type="button"
        className="live following"
        title="Following the newest capture (L)"
        onClick={() => app.goLive()}
      >
        <span className={connected ? 'dot ok' : 'dot hollow'} />
        Live
      </button>
    );
  }
  return (
    <button
      type="button"
      className="live behind"
      title="Back to the newest capture (L)"
      onClick={() => app.goLive()}
    >
      {isLive ? 'Live' : 'Newest'}
      <Icon name="right" />+{formatStep(behind)}
    </button>
  );
}
