import { type ComponentProps, lazy, Suspense } from 'react';
import { useRunSummary, useRuns } from '../../runs/runs-context.js';
import { Button } from '../../ui/button.js';
import { ColumnHandle, Columns, RestColumn, SizedColumn } from '../../ui/columns.js';
import { formatStep, plural } from '../../ui/format.js';
import { Segments } from '../../ui/segments.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useMedia, useNarrow } from '../../ui/use-size.js';
import { AbsentNotices } from './absent-notices.js';
import { AddressNotice } from './address-notice.js';
import { indexAt } from './frames/frame.js';
import { InputPane } from './grids/input-pane.js';
import { KernelsPane } from './grids/kernels-pane.js';
import { OutputPane } from './grids/output-pane.js';
import { BottomSheet } from './inspector/bottom-sheet.js';
import { LayerStrip } from './layer-strip.js';
import { MissingRun } from './missing-run.js';
import { useRunPage, useSelection } from './run-page-context.js';
import { RunsRail } from './runs-rail.js';
import { INSPECTOR_OVERLAID, RAIL_OVERLAID } from './state/panels.js';
import type { Selection } from './state/selection.js';
import { PANES } from './state/view-state.js';
import { Timeline } from './timeline/timeline.js';
import { Wells } from './wells.js';
import './run-page.css';
import './grids/panes.css';

/** Loaded with the first maps, so that the page itself is there sooner. */
const Inspector = lazy(async () => ({ default: (await import('./inspector/inspector.js')).Inspector }));

function LazyInspector(props: ComponentProps<typeof Inspector>) {
  return (
    <Suspense fallback={<aside className="inspector" aria-label="Inspector" />}>
      <Inspector {...props} />
    </Suspense>
  );
}

export function RunPage() {
  const app = useRunPage();
  const narrow = useNarrow();
  const medium = useMedia(RAIL_OVERLAID);
  const overlaid = useMedia(INSPECTOR_OVERLAID);
  const selection = useSelection();
  const rail = useStoreValue(app.rail) ?? !medium;
  const asked = useStoreValue(app.inspector);
  // Undefined while it is closed, and while there is nothing to inspect.
  const inspected = (asked ?? !overlaid) ? selection : undefined;
  const missing = useStoreValue(app.missing);
  const main =
    missing !== undefined ? (
      <MissingRun missing={missing} />
    ) : (
      <main className="main">
        <Notices />
        <AbsentNotices />
        <AddressNotice />
        <Timeline />
        <LayerStrip />
        {selection === undefined ? <NoMaps /> : <Panes selection={selection} />}
        {narrow && selection !== undefined && (
          <BottomSheet selection={selection} onOpen={() => app.inspector.set(true)} />
        )}
        {overlaid && !narrow && selection !== undefined && inspected === undefined && (
          <Button className="inspector-opener" onClick={() => app.inspector.set(true)}>
            Inspector
          </Button>
        )}
      </main>
    );
  const isRailDocked = rail && !medium;
  return (
    <div className={rail ? 'run rail-open' : 'run'}>
      {!isRailDocked && (rail || !narrow) && <RunsRail open={rail} onToggle={() => app.rail.set(!rail)} />}
      {narrow ? (
        main
      ) : (
        <Columns className="run-columns">
          {isRailDocked && (
            <>
              <SizedColumn name="rail" width={184} least={140}>
                <RunsRail open onToggle={() => app.rail.set(false)} />
              </SizedColumn>
              <ColumnHandle of="rail" label="Width of the runs" />
            </>
          )}
          <RestColumn name="main" least={560}>
            {main}
          </RestColumn>
          {inspected !== undefined && !overlaid && (
            <>
              <ColumnHandle of="inspector" label="Width of the inspector" />
              <SizedColumn name="inspector" width={296} least={240}>
                <LazyInspector selection={inspected} />
              </SizedColumn>
            </>
          )}
        </Columns>
      )}
      {inspected !== undefined && overlaid && (
        <LazyInspector selection={inspected} onClose={() => app.inspector.set(false)} />
      )}
    </div>
  );
}

/** The initial widths of input and kernels, which depend on the width of the page. */
function usePaneWidths(): { readonly input: number; readonly kernels: number } {
  const small = useMedia('(max-width: 999px)');
  const medium = useMedia('(max-width: 1199px)');
  const large = useMedia('(min-width: 1800px)');
  if (small) return { input: 120, kernels: 220 };
  if (medium) return { input: 148, kernels: 300 };
  return large ? { input: 240, kernels: 460 } : { input: 180, kernels: 352 };
}

function Panes({ selection }: { selection: Selection }) {
  const app = useRunPage();
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
  const widths = usePaneWidths();
  const narrow = useNarrow();
  return (
    <>
      {narrow && names.length > 1 && (
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
      <OlderMapsNotice shown={frame?.step} />
      {gap !== undefined && (
        <p className="notice is-warn">
          Nothing of this step is in the log: {gap.reason} ({plural(gap.length, 'byte')} of {gap.file}).
        </p>
      )}
      {narrow ? (
        <div className="panes">
          {current === 'input' && <InputPane selection={selection} />}
          {current === 'kernels' && <KernelsPane selection={selection} />}
          {current === 'output' && <OutputPane />}
        </div>
      ) : (
        <Columns className="panes">
          {names.includes('input') && (
            <>
              <SizedColumn name="input" width={widths.input} least={96}>
                <InputPane selection={selection} />
              </SizedColumn>
              <ColumnHandle of="input" label="Width of the input" />
            </>
          )}
          {names.includes('kernels') && (
            <>
              <SizedColumn name="kernels" width={widths.kernels} least={180}>
                <KernelsPane selection={selection} />
              </SizedColumn>
              <ColumnHandle of="kernels" label="Width of the kernels" />
            </>
          )}
          <RestColumn name="output" least={200}>
            <OutputPane />
          </RestColumn>
        </Columns>
      )}
    </>
  );
}

/** What stands above maps of an earlier step while the hub is lost. */
function OlderMapsNotice({ shown }: { shown: number | undefined }) {
  const app = useRunPage();
  const isLost = useStore(useRuns().connection, (connection) => connection.status === 'lost');
  const step = useStoreValue(app.step);
  const steps = useStore(app.run, (run) => run?.steps);
  // The step of the capture that should be shown.
  const newest = step === undefined ? undefined : steps?.[indexAt(steps, step)];
  if (!isLost || shown === undefined || newest === undefined || newest <= shown) return null;
  return (
    <p className="notice is-warn">
      These maps are of step {formatStep(shown)}: those of step {formatStep(newest)} have not been loaded, and
      the hub does not answer.
    </p>
  );
}

function NoMaps() {
  const app = useRunPage();
  const run = useStoreValue(app.run);
  const summary = useRunSummary(run?.run);
  if (run === undefined || !run.isComplete) return <Wells />;
  const { startError } = run.data;
  if (startError !== undefined) {
    return (
      <div className="no-maps">
        <p className="medium is-bad">The description of this run cannot be read: {startError}</p>
        <p className="small muted">Without it the page does not know which maps belong to which layer.</p>
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

/** Tells that a run has failed or is silent. */
function Notices() {
  const app = useRunPage();
  const summary = useRunSummary(useStore(app.run, (run) => run?.run));
  const end = useStore(app.run, (run) => run?.end);
  if (summary === undefined || !summary.readToEnd) return null;
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
