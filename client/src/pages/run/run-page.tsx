import { useRunSummary, useRuns } from '../../runs/runs-context.js';
import { Button } from '../../ui/button.js';
import { formatStep, plural } from '../../ui/format.js';
import { Segments } from '../../ui/segments.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useMedia, useNarrow } from '../../ui/use-size.js';
import { InputPane } from './grids/input-pane.js';
import { KernelsPane } from './grids/kernels-pane.js';
import { OutputPane } from './grids/output-pane.js';
import { BottomSheet } from './inspector/bottom-sheet.js';
import { Inspector } from './inspector/inspector.js';
import { LayerStrip } from './layer-strip.js';
import { useApp, useSelection } from './run-page-context.js';
import { RunsRail } from './runs-rail.js';
import { INSPECTOR_OVERLAID, RAIL_OVERLAID } from './state/run-page-state.js';
import type { Selection } from './state/selection.js';
import { PANES } from './state/view-state.js';
import { Timeline } from './timeline/timeline.js';

export function RunPage() {
  const app = useApp();
  const narrow = useNarrow();
  const medium = useMedia(RAIL_OVERLAID);
  const overlaid = useMedia(INSPECTOR_OVERLAID);
  const selection = useSelection();
  const rail = useStoreValue(app.rail) ?? !medium;
  const asked = useStoreValue(app.inspector);
  const inspector = selection !== undefined && (asked ?? !overlaid);
  const classes = ['run', rail ? 'rail-open' : 'no-rail', inspector ? '' : 'no-inspector'].join(' ');
  return (
    <div className={classes}>
      {(rail || !narrow) && <RunsRail open={rail} onToggle={() => app.rail.set(!rail)} />}
      <main className="main">
        <Notices />
        <Timeline />
        <LayerStrip />
        {selection === undefined ? <NoMaps /> : <Panes selection={selection} />}
        {narrow && selection !== undefined && (
          <BottomSheet selection={selection} onOpen={() => app.inspector.set(true)} />
        )}
        {overlaid && !narrow && selection !== undefined && !inspector && (
          <Button className="inspector-opener" onClick={() => app.inspector.set(true)}>
            Inspector
          </Button>
        )}
      </main>
      {inspector && <Inspector onClose={overlaid ? () => app.inspector.set(false) : undefined} />}
    </div>
  );
}

function Panes({ selection }: { selection: Selection }) {
  const app = useApp();
  const pane = useStore(app.view, (view) => view.pane);
  const { layer, frame } = selection;
  const names = PANES.filter(
    (name) =>
      name === 'output' ||
      (name === 'input' && layer.input !== undefined) ||
      (name === 'kernels' && layer.weight !== undefined),
  );
  const current = names.includes(pane) ? pane : 'output';
  const sizes: Record<(typeof PANES)[number], string> = {
    input: String(selection.inputShape?.[0] ?? ''),
    kernels:
      layer.description === undefined
        ? ''
        : `${layer.description.inChannels / layer.description.groups}×${layer.description.outChannels}`,
    output: String(selection.shape?.[0] ?? ''),
  };
  const gap = frame?.gap;
  const step = useStoreValue(app.step);
  const isLost = useStore(useRuns().connection, (connection) => connection.status === 'lost');
  return (
    <>
      {names.length > 1 && (
        <div className="pane-tabs">
          <Segments
            label="Pane"
            value={current}
            options={names.map((name) => [
              name,
              <>
                {name[0]!.toUpperCase() + name.slice(1)} <span className="faint">{sizes[name]}</span>
              </>,
            ])}
            onChange={(next) => app.show({ pane: next })}
          />
        </div>
      )}
      {isLost && frame !== undefined && step !== undefined && frame.step !== step && (
        <p className="notice is-warn">
          These maps are of step {formatStep(frame.step)}: those of step {formatStep(step)} have not been
          loaded, and the hub does not answer.
        </p>
      )}
      {gap !== undefined && (
        <p className="notice is-warn">
          Nothing of this step is in the log: {gap.reason} ({plural(gap.length, 'byte')} of {gap.file}).
        </p>
      )}
      <div className={`panes ${['', 'one', 'two', 'three'][names.length]}`}>
        {names.includes('input') && <InputPane selection={selection} current={current === 'input'} />}
        {names.includes('kernels') && <KernelsPane selection={selection} current={current === 'kernels'} />}
        <OutputPane current={current === 'output'} />
      </div>
    </>
  );
}

function NoMaps() {
  const app = useApp();
  const run = useStoreValue(app.run);
  const summary = useRunSummary(run?.run);
  if (run === undefined || run.data.generation < 0) return <div className="no-maps" />;
  if (run.unread > 0) {
    return (
      <div className="no-maps">
        <p className="small muted">Reading the shapes of {plural(run.unread, 'tensor')}.</p>
      </div>
    );
  }
  const live = summary?.state === 'live';
  const others =
    run.data.tagsOfKind('histogram').length +
    run.data.tagsOfKind('image').length +
    run.data.tagsOfKind('text').length;
  return (
    <div className="no-maps">
      <p className="medium">{live ? 'No feature maps yet' : 'This log holds no feature maps'}</p>
      <p className="small muted">
        {run.scalarTags.length > 0 &&
          `It has ${plural(run.scalarTags.length, 'scalar')}: choose one as the curve above. `}
        {others > 0 &&
          `Its ${plural(others, 'other tag')} (histograms, images, text) are not shown on this page. `}
        A tensor [C, H, W] or [N, C, H, W] that is logged opens here as a channel grid.
      </p>
    </div>
  );
}

/** A sentence about a run that failed or fell silent. */
function Notices() {
  const app = useApp();
  const summary = useRunSummary(useStore(app.run, (run) => run?.run));
  const end = useStore(app.run, (run) => run?.end);
  if (summary === undefined) return null;
  if (summary.state === 'failed') {
    return (
      <p className="notice is-bad" role="status">
        The run failed: {end?.error ?? summary.error ?? 'it did not say why.'}
      </p>
    );
  }
  if (summary.state === 'lost') {
    return (
      <p className="notice is-warn" role="status">
        The training process is silent and has not said that it ended. What it logged is here; if it speaks
        again, the run is live again.
      </p>
    );
  }
  return null;
}
