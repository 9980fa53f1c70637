/** The table of runs with their hyperparameters and metrics. */
import { useMemo } from 'react';
import { cutNames } from '../../runs/cut-names.js';
import { Icon } from '../../ui/icons.js';
import { useStoreValue } from '../../ui/store.js';
import { useSize } from '../../ui/use-size.js';
import type { Column } from './columns.js';
import { useHparams } from './hparams-state.js';
import { type Row, sorted } from './rows.js';
import { cellText } from './texts.js';
import type { ShownTable } from './use-table.js';

/** More rows than these are not laid out at once. */
const MOST_ROWS = 1000;
/** The names stay in view while the columns are scrolled, so they are cut to leave room for these: a character for so many pixels. */
const NAME_SHARE = 14;
const LEAST_CHARACTERS = 20;

export function SessionTable({ table }: { readonly table: ShownTable }) {
  const { columns, rows, within } = table;
  const { address, hover } = useHparams();
  const { sort } = useStoreValue(address.state);
  const hovered = useStoreValue(hover);
  const shown = useMemo(
    () =>
      sorted(
        rows.filter(({ id }) => within.has(id)),
        sort,
      ),
    [rows, within, sort],
  );
  const [ref, { width }] = useSize<HTMLDivElement>();
  const room = Math.max(LEAST_CHARACTERS, Math.floor(width / NAME_SHARE));
  const names = useMemo(() => {
    const whole = [...new Set(rows.map(({ name }) => name))];
    const { prefix, shown: cut } = cutNames(whole, room, ({ length }) => length);
    return new Map([...cut].map(([name, text]) => [name, prefix === '' ? text : `…${text}`]));
  }, [rows, room]);
  return (
    <div ref={ref} className="session-scroll" role="group" aria-label="Table of runs" tabIndex={0}>
      <table className="sessions">
        <thead>
          <tr>
            <Head id="name" title="run" />
            {columns.map((column) => (
              <Head key={column.id} id={column.id} title={column.title} column={column} />
            ))}
          </tr>
        </thead>
        <tbody onPointerLeave={() => hover.set(undefined)}>
          {shown.slice(0, MOST_ROWS).map((row) => (
            <tr
              key={row.id}
              className={row.id === hovered ? 'is-hovered' : undefined}
              onPointerEnter={() => hover.set(row.id)}
            >
              <th scope="row">
                <Name row={row} names={names} colour={table.colourOf(row)} />
              </th>
              {columns.map((column) => (
                <Cell key={column.id} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length > MOST_ROWS && (
        <p className="small muted session-rest">
          {shown.length - MOST_ROWS} more rows are not listed: choose fewer with the filter or on an axis.
        </p>
      )}
    </div>
  );
}

function Head({
  id,
  title,
  column,
}: {
  readonly id: string;
  readonly title: string;
  readonly column?: Column;
}) {
  const { address } = useHparams();
  const { sort } = useStoreValue(address.state);
  const isSorted = sort?.column === id;
  const order = isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined;
  const isNumber = column?.type === 'number';
  return (
    <th scope="col" aria-sort={order} className={isNumber ? 'is-number' : undefined}>
      <button
        type="button"
        title={column?.description ?? (column === undefined ? undefined : `${column.kind} ${column.name}`)}
        onClick={() => {
          // Numbers are mostly looked at from the best one, which is at one end or the other.
          if (!isSorted) address.show({ sort: { column: id, isDescending: false } });
          else address.show({ sort: sort.isDescending ? undefined : { column: id, isDescending: true } });
        }}
      >
        {column?.kind === 'metric' ? <b className="medium">{title}</b> : title}
        {order !== undefined && (
          <span className={order === 'ascending' ? 'sort-mark is-up' : 'sort-mark'}>
            <Icon name="chevron" />
          </span>
        )}
      </button>
    </th>
  );
}

function Name(props: {
  readonly row: Row;
  /** What is shown of the names. */
  readonly names: ReadonlyMap<string, string>;
  readonly colour: string;
}) {
  const { row, names, colour } = props;
  const [session] = row.sessions;
  return (
    <span className="row session-name">
      <span className="swatch" style={{ background: colour }} />
      {row.sessions.length === 1 && session !== undefined ? (
        <a href={`#run?run=${encodeURIComponent(session.run)}`} title={session.run}>
          {names.get(row.name) ?? row.name}
        </a>
      ) : (
        <span title={row.sessions.map(({ run }) => run).join('\n')}>
          {names.get(row.name) ?? row.name} <span className="faint">n = {row.sessions.length}</span>
        </span>
      )}
      {session?.status === 'failure' && <span className="micro is-bad">failed</span>}
    </span>
  );
}

function Cell({ column, row }: { readonly column: Column; readonly row: Row }) {
  const value = row.values.get(column.id);
  const isNan = typeof value === 'number' && !Number.isFinite(value);
  const classes = [column.type === 'number' ? 'is-number' : '', isNan ? 'is-nan' : ''].join(' ').trim();
  return <td className={classes || undefined}>{cellText(column, row)}</td>;
}
