/** Shown in place of a run that is not there: says so, and offers the runs that are. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { useIsHubLost } from '../../runs/runs-context.js';
import { stateWord } from '../../runs/state-words.js';
import { formatStep } from '../../ui/format.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useRunPage } from './run-page-context.js';
import type { MissingRun as Missing } from './state/run-page-state.js';
import { DEFAULT_VIEW, hashFromView } from './state/view-state.js';

/** The largest number of runs to offer. The rail has all of them. */
const MOST_OFFERED = 8;
const NO_RUNS: readonly RunSummary[] = [];

export function missingText({ run, wasShown }: Missing, logdir: string): string {
  return wasShown
    ? `The run “${run}” is no longer in ${logdir}: its folder was deleted or renamed.`
    : `There is no run “${run}” in ${logdir}.`;
}

export function MissingRun({ missing }: { missing: Missing }) {
  const app = useRunPage();
  const isHubLost = useIsHubLost();
  const logdir = useStore(app.runs.list, (list) => list?.logdir) ?? '';
  const runs = useStore(app.runs.list, (list) => list?.runs) ?? NO_RUNS;
  const offered = nearestNames(runs, missing.run).slice(0, MOST_OFFERED);
  return (
    <main className="main no-maps" data-missing-run={missing.run}>
      <div role="status">
        <h2 className="medium">{missingText(missing, logdir)}</h2>
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
              {one.run === '.' ? 'this folder' : <bdi>{one.run}</bdi>}
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
export function MissingNote() {
  const app = useRunPage();
  const missing = useStoreValue(app.missing);
  const logdir = useStore(app.runs.list, (list) => list?.logdir) ?? '';
  if (missing === undefined) return null;
  return (
    <p className="notice is-warn" role="status" data-missing-run={missing.run}>
      {missingText(missing, logdir)}
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
