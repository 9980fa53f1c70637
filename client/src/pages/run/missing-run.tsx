/** Shown in place of a run that is not there: says so, and offers the runs that are. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { titleOfRun } from '@convscope/shared/run-name.js';
import { useEffect } from 'react';
import { useIsHubLost } from '../../runs/runs-context.js';
import { stateWord } from '../../runs/state-words.js';
import { useForbidden } from '../../runs/table/use-forbidden.js';
import { Button } from '../../ui/button.js';
import { formatStep } from '../../ui/format.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useRunPage } from './run-page-context.js';
import type { MissingRun as Missing } from './state/run-page-state.js';
import { DEFAULT_VIEW, hashFromView } from './state/view-state.js';

/** The largest number of runs to offer. The rail has all of them. */
const MOST_OFFERED = 8;
const NO_RUNS: readonly RunSummary[] = [];

function missingText({ run, wasShown }: Missing, logdir: string, isInTrash: boolean): string {
  if (!wasShown) return `There is no run “${run}” in ${logdir}${isInTrash ? ': it is in the trash' : ''}.`;
  const why = isInTrash ? 'it was moved to the trash' : 'its folder was deleted or renamed';
  return `The run “${run}” is no longer in ${logdir}: ${why}.`;
}

/** Says that the run is not there, and takes it out of the trash if it is in it. */
function MissingSentence({ missing }: { missing: Missing }) {
  const { runs } = useRunPage();
  const { actions } = runs.table;
  const forbidden = useForbidden();
  const logdir = useStore(runs.list, (list) => list?.logdir) ?? '';
  useEffect(() => void actions.listDeleted(), [actions]);
  const deleted = useStoreValue(actions.deleted)?.find(({ run }) => run === missing.run);
  return (
    <>
      {missingText(missing, logdir, deleted !== undefined)}{' '}
      {deleted !== undefined && (
        <Button
          disabled={forbidden !== undefined}
          focusableWhenDisabled
          title={forbidden}
          onClick={() => void actions.restore([deleted.deleted])}
        >
          Restore
        </Button>
      )}
    </>
  );
}

export function MissingRun({ missing }: { missing: Missing }) {
  const app = useRunPage();
  const isHubLost = useIsHubLost();
  const runs = useStore(app.runs.list, (list) => list?.runs) ?? NO_RUNS;
  const offered = nearestNames(runs, missing.run).slice(0, MOST_OFFERED);
  return (
    <main className="main no-maps" data-missing-run={missing.run}>
      <div role="status">
        <h2 className="medium">
          <MissingSentence missing={missing} />
        </h2>
      </div>
      <p className="small muted">
        {missing.wasShown
          ? 'If it comes back, it is shown here again. '
          : 'It is shown here as soon as it is there. '}
        {offered.length > 0 && 'These runs are there:'}
      </p>
      <ul className="offered">
        {offered.map((one) => (
          <li key={one.run}>
            <a className="link" href={hashFromView({ ...DEFAULT_VIEW, run: one.run })}>
              <bdi>{titleOfRun(one)}</bdi>
            </a>{' '}
            <span className="micro">
              {stateWord(one, isHubLost).word}
              {one.lastStep >= 0 && ` · step ${formatStep(one.lastStep)}`}
            </span>
          </li>
        ))}
        {runs.length > offered.length && (
          <li className="small muted">and {formatStep(runs.length - offered.length)} more</li>
        )}
      </ul>
    </main>
  );
}

/** Above the page that says how to get a run, while there is none. */
export function MissingNote({ missing }: { missing: Missing }) {
  return (
    <p className="notice is-warn" role="status" data-missing-run={missing.run}>
      <MissingSentence missing={missing} />
    </p>
  );
}

/** Runs whose names share the longest beginning with `name` first, then the newest. */
export function nearestNames(runs: readonly RunSummary[], name: string): readonly RunSummary[] {
  const shared = (other: string): number => {
    let length = 0;
    while (length < name.length && other[length] === name[length]) length++;
    return length;
  };
  return [...runs].sort((a, b) => shared(b.run) - shared(a.run) || b.lastWallTime - a.lastWallTime);
}
