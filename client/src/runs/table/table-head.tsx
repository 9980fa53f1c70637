/** The titles of the columns: sort by a click, moved by dragging or by Alt and the arrow keys, hidden by Delete. */
import { type KeyboardEvent, useState } from 'react';
import { useRuns } from '../runs-context.js';
import { type ColumnId, columnTitle } from './columns.js';
import type { Sort } from './table-preferences.js';

export interface TableHeadProps {
  readonly columns: readonly ColumnId[];
  /** Those that hold numbers. */
  readonly numeric: ReadonlySet<ColumnId>;
  readonly sort: Sort | undefined;
  /** The widths, as CSS. */
  readonly template: string;
  /** What all names begin with. */
  readonly prefix: string;
}

export function TableHead({ columns, numeric, sort, template, prefix }: TableHeadProps) {
  const { table } = useRuns();
  const [dragged, setDragged] = useState<ColumnId | undefined>(undefined);
  const [over, setOver] = useState<ColumnId | undefined>(undefined);
  const move = (id: ColumnId, to: number): void => {
    const others = columns.filter((one) => one !== id);
    others.splice(Math.max(0, Math.min(others.length, to)), 0, id);
    table.change({ columns: others });
  };
  const onKeyDown = (event: KeyboardEvent, id: ColumnId): void => {
    if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight'))
      move(id, columns.indexOf(id) + (event.key === 'ArrowLeft' ? -1 : 1));
    else if (event.key === 'Delete') table.change({ columns: columns.filter((one) => one !== id) });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const sortOf = (id: ColumnId) =>
    sort?.column === id ? (sort.descending ? 'descending' : 'ascending') : undefined;
  const end = () => {
    setDragged(undefined);
    setOver(undefined);
  };
  return (
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={1}
      className="table-head"
      style={{ gridTemplateColumns: template }}
    >
      {['name', ...columns].map((id) => (
        <div
          key={id}
          role="columnheader"
          tabIndex={-1}
          aria-sort={sortOf(id) ?? 'none'}
          className={`head-cell${numeric.has(id) ? ' number' : ''}${over === id && dragged !== undefined ? ' over' : ''}`}
          draggable={id !== 'name'}
          onDragStart={(event) => {
            event.dataTransfer.setData('text/plain', columnTitle(id));
            event.dataTransfer.effectAllowed = 'move';
            setDragged(id);
          }}
          onDragOver={(event) => {
            if (dragged === undefined || id === 'name') return;
            event.preventDefault();
            setOver(id);
          }}
          onDrop={(event) => {
            event.preventDefault();
            if (dragged !== undefined) move(dragged, columns.indexOf(id));
            end();
          }}
          onDragEnd={end}
        >
          <button
            type="button"
            title={
              id === 'name'
                ? `Sort by name${prefix === '' ? '' : `. All of these runs begin with ${prefix}`}`
                : `${columnTitle(id)}: click to sort, drag or Alt ← → to move, Delete to hide`
            }
            onClick={() => table.sortBy(id)}
            onKeyDown={(event) => {
              if (id !== 'name') onKeyDown(event, id);
            }}
          >
            <span className="ellipsis">
              {id === 'name' ? <NameTitle prefix={prefix} /> : columnTitle(id)}
            </span>
            {sortOf(id) !== undefined && <span aria-hidden="true">{sort?.descending ? '↓' : '↑'}</span>}
          </button>
        </div>
      ))}
    </div>
  );
}

function NameTitle({ prefix }: { prefix: string }) {
  return prefix === '' ? 'run' : <bdi className="run-prefix-title">{prefix}…</bdi>;
}
