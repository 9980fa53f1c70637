import { BesideRuns } from '../../runs/beside-runs.js';
import { notShownOf } from '../../runs/not-shown.js';
import { useRunSummary } from '../../runs/runs-context.js';
import { Button } from '../../ui/button.js';
import { ColumnHandle, SizedColumn } from '../../ui/columns.js';
import { lazily } from '../../ui/lazily.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useMedia, useNarrow } from '../../ui/use-size.js';
import { AbsentNotices } from './absent-notices.js';
import { ConfusionDialog } from './confusion-section.js';
import { LayerStrip } from './layer-strip.js';
import { LoadFailures } from './load-failures.js';
import { Part } from './part.js';
import { useRunPage, useSelection } from './run-page-context.js';
import { RunsRail } from './runs-rail.js';
import { INSPECTOR_OVERLAID } from './state/panels.js';
import { Timeline } from './timeline/timeline.js';
import { PaneWells, Wells } from './wells.js';
import './run-page.css';

// Loaded when the log has been found to hold maps or none, so that the page itself is there sooner.
const Panes = lazily(async () => (await import('./panes.js')).Panes, <PaneWells />);
const Inspector = lazily(
  async () => (await import('./inspector/inspector.js')).Inspector,
  <aside className="inspector" aria-label="Inspector" />,
);
const NoMaps = lazily(async () => (await import('./no-maps.js')).NoMaps, <Wells />);

const MissingRun = lazily(
  async () => (await import('./missing-run.js')).MissingRun,
  <main className="main" />,
);
const BottomSheet = lazily(async () => (await import('./inspector/bottom-sheet.js')).BottomSheet, null);

export function RunPage() {
  const app = useRunPage();
  const narrow = useNarrow();
  const overlaid = useMedia(INSPECTOR_OVERLAID);
  const selection = useSelection();
  const asked = useStoreValue(app.inspector);
  // Undefined while it is closed, and while there is nothing to inspect.
  const inspected = (asked ?? !overlaid) ? selection : undefined;
  const missing = useStoreValue(app.missing);
  const main =
    missing !== undefined ? (
      <MissingRun missing={missing} />
    ) : (
      <main className="main">
        <Part name="A notice">
          <Notices />
          <NotShown />
          <AbsentNotices />
          <LoadFailures />
        </Part>
        <Part name="The timeline">
          <Timeline />
        </Part>
        <Part name="The list of layers">
          <LayerStrip />
        </Part>
        {selection === undefined ? (
          <Part name="What the log holds">
            <WithoutMaps />
          </Part>
        ) : (
          <Part name="The maps">
            <Panes selection={selection} />
          </Part>
        )}
        {narrow && selection !== undefined && (
          <Part name="The chosen pixel">
            <BottomSheet selection={selection} onOpen={() => app.inspector.set(true)} />
          </Part>
        )}
        {overlaid && !narrow && selection !== undefined && inspected === undefined && (
          <Button className="inspector-opener" onClick={() => app.inspector.set(true)}>
            Inspector
          </Button>
        )}
      </main>
    );
  return (
    <>
      <ConfusionDialog />
      <BesideRuns
        least={560}
        column={(edge) => <RunsRail edge={edge} />}
        after={
          inspected !== undefined &&
          !overlaid && (
            <>
              <ColumnHandle of="inspector" label="Width of the inspector" />
              <SizedColumn name="inspector" width={296} least={240}>
                <Part name="The inspector">
                  <Inspector selection={inspected} />
                </Part>
              </SizedColumn>
            </>
          )
        }
        over={
          inspected !== undefined &&
          overlaid && (
            <Part name="The inspector">
              <Inspector selection={inspected} onClose={() => app.inspector.set(false)} />
            </Part>
          )
        }
      >
        {main}
      </BesideRuns>
    </>
  );
}

/** What the log holds and is not shown. On wide screens the foot says it. */
function NotShown() {
  const summary = useRunSummary(useStore(useRunPage().run, (run) => run?.run));
  const sentences = notShownOf(summary);
  return sentences.length === 0 ? null : <p className="notice is-warn only-narrow">{sentences.join(' ')}</p>;
}

function WithoutMaps() {
  const { run } = useRunPage();
  const isKnown = useStore(run, (one) => one?.isComplete);
  const problem = useStore(run, (one) => one?.error);
  return isKnown === true ? <NoMaps /> : <Wells problem={problem} />;
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
