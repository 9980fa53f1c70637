/** The runs that were archived and those in the trash, each with what takes that back. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { nameOfRun, titleOfRun } from '@convscope/shared/run-name.js';
import { useEffect } from 'react';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { formatStep, plural } from '../../ui/format.js';
import { formatTime } from '../../ui/log-time.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useRuns } from '../runs-context.js';
import './put-away.css';
import { useForbidden } from './use-forbidden.js';

/** Rows of each list; the others are counted. */
const MOST_ROWS = 200;
const NO_RUNS: readonly RunSummary[] = [];
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

interface Row {
  readonly key: string;
  readonly name: string;
  readonly facts: string;
}

export function PutAwayDialog({ onClose }: { onClose: () => void }) {
  const { table, list } = useRuns();
  const { actions } = table;
  const runs = useStore(list, (one) => one?.runs) ?? NO_RUNS;
  const deleted = useStoreValue(actions.deleted);
  const problem = useStoreValue(actions.deletedProblem);
  const said = useStoreValue(actions.said);
  const forbidden = useForbidden();
  const { showsArchived } = useStoreValue(table.preferences);
  useEffect(() => void actions.listDeleted(), [actions]);
  const archived = runs.filter((run) => run.archived === true);
  return (
    <Dialog open title="Archived and deleted runs" onClose={onClose}>
      {forbidden !== undefined && <p className="small muted">{forbidden}</p>}
      {said?.isBad === true && (
        <p className="small is-bad" role="alert">
          {said.sentence}
        </p>
      )}
      <Rows
        title="Archived"
        rows={archived.map((one) => ({
          key: one.run,
          name: titleOfRun(one),
          facts: one.lastWallTime > 0 ? `last seen ${day(one.lastWallTime)}` : '',
        }))}
        does="Unarchive"
        forbidden={forbidden}
        empty="No run is archived. Archived runs leave the lists of all pages, and their files stay where they are."
        onDo={(keys) => void actions.annotate(keys, { archived: false })}
      />
      {archived.length > 0 && (
        <label className="check small">
          <input
            type="checkbox"
            checked={showsArchived}
            onChange={(event) => table.change({ showsArchived: event.target.checked })}
          />
          <span>list archived runs with the others</span>
        </label>
      )}
      {problem !== undefined && (
        <p className="small is-bad" role="alert">
          {problem}
        </p>
      )}
      <Rows
        title="Trash"
        rows={(deleted ?? []).map((one) => ({
          key: one.deleted,
          name: nameOfRun(one.run),
          facts: `deleted ${day(one.at)}, ${plural(one.files, 'file')}`,
        }))}
        does="Restore"
        forbidden={forbidden}
        empty={
          deleted === undefined
            ? problem === undefined
              ? 'The trash is being listed.'
              : ''
            : 'The trash is empty. Deleted runs lie in .convscope/trash of the logdir; remove that folder to free the disk.'
        }
        onDo={(keys) => void actions.restore(keys)}
      />
    </Dialog>
  );
}

function Rows(props: {
  readonly title: string;
  readonly rows: readonly Row[];
  /** What the button of a row does. */
  readonly does: string;
  readonly forbidden: string | undefined;
  readonly empty: string;
  readonly onDo: (keys: readonly string[]) => void;
}) {
  const { title, rows, does, forbidden, empty, onDo } = props;
  return (
    <section className="put-away" aria-label={title}>
      <div className="options-head">
        <h3 className="heading">{title}</h3>
        {rows.length > 1 && forbidden === undefined && (
          <button type="button" className="link small" onClick={() => onDo(rows.map(({ key }) => key))}>
            {does} all {formatStep(rows.length)}
          </button>
        )}
      </div>
      {rows.length === 0 && <p className="small muted">{empty}</p>}
      <ul>
        {rows.slice(0, MOST_ROWS).map(({ key, name, facts }) => (
          <li key={key}>
            <bdi className="ellipsis" title={name}>
              {name}
            </bdi>
            <span className="micro nowrap">{facts}</span>
            <Button
              aria-label={`${does} ${name}`}
              disabled={forbidden !== undefined}
              focusableWhenDisabled
              title={forbidden}
              onClick={() => onDo([key])}
            >
              {does}
            </Button>
          </li>
        ))}
      </ul>
      {rows.length > MOST_ROWS && <p className="micro">and {formatStep(rows.length - MOST_ROWS)} more</p>}
    </section>
  );
}

function day(seconds: number): string {
  return formatTime(DAY, seconds);
}
