/** What is one line of the table and of the parallel coordinates: a run, or the mean of several. */
import { compareNames } from '../../ui/compare-names.js';
import type { Column, Session, SessionTable, Value } from './columns.js';
import type { Brush, Grouping } from './view.js';

export interface Row {
  readonly id: string;
  readonly name: string;
  /** The runs that it stands for. */
  readonly sessions: readonly Session[];
  readonly values: ReadonlyMap<string, Value>;
  /** Standard deviations of the numbers that differ between its runs, by column. */
  readonly spread: ReadonlyMap<string, number>;
}

/** What only tells repetitions of an experiment apart. */
const SEED = /^(?:random_?|rng_?)?seed$/i;

/** The rows in the order of their first runs. */
export function rowsOf(
  { sessions, columns }: SessionTable,
  grouping: Grouping,
  titleOf: (run: string) => string = String,
): readonly Row[] {
  const groups = new Map<string, Session[]>();
  for (const session of sessions) {
    const key = groupOf(session, columns, grouping);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [session]);
    else group.push(session);
  }
  return [...groups].map(([id, members]) => rowOf(id, members, columns, titleOf));
}

function groupOf(session: Session, columns: readonly Column[], grouping: Grouping): string {
  if (grouping === 'runs') return session.run;
  if (grouping === 'groups') return session.group === undefined ? session.run : `group ${session.group}`;
  return JSON.stringify(
    columns
      .filter(({ kind, name }) => kind === 'hparam' && !SEED.test(name))
      .map(({ id }) => session.values.get(id) ?? null),
  );
}

function rowOf(
  id: string,
  sessions: readonly Session[],
  columns: readonly Column[],
  titleOf: (run: string) => string,
): Row {
  const [first] = sessions;
  if (sessions.length === 1 && first !== undefined)
    return { id, name: titleOf(first.run), sessions, values: first.values, spread: new Map() };
  const values = new Map<string, Value>();
  const spread = new Map<string, number>();
  for (const { id: column, type } of columns) {
    const known = sessions.flatMap((session) => session.values.get(column) ?? []);
    if (known.length === 0) continue;
    if (type === 'text') {
      const texts = new Set(known);
      // Runs of a group may differ in what is not a number: the row then has no value of its own.
      if (texts.size === 1) values.set(column, known[0]!);
      continue;
    }
    const numbers = known.map(Number);
    const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
    values.set(column, mean);
    const variance =
      numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, numbers.length - 1);
    if (variance > 0) spread.set(column, Math.sqrt(variance));
  }
  return { id, name: commonName(sessions), sessions, values, spread };
}

/** "trial0 and 2 more". */
function commonName(sessions: readonly Session[]): string {
  const group = sessions[0]?.group;
  if (group !== undefined && sessions.every((session) => session.group === group)) return group;
  return `${sessions[0]?.run} and ${sessions.length - 1} more`;
}

/** Whether a row lies within all brushes. */
export function isWithin(row: Row, brushes: ReadonlyMap<string, Brush>): boolean {
  for (const [column, brush] of brushes) {
    const value = row.values.get(column);
    if (value === undefined) return false;
    if (brush.kind === 'texts' ? !brush.texts.includes(String(value)) : !isInRange(value, brush))
      return false;
  }
  return true;
}

function isInRange(value: Value, { lo, hi }: { readonly lo: number; readonly hi: number }): boolean {
  return typeof value === 'number' && value >= lo && value <= hi;
}

/** Sorted by a column, rows without a value last; in the order of the names of runs without one. */
export function sorted(
  rows: readonly Row[],
  sort: { readonly column: string; readonly isDescending: boolean } | undefined,
): readonly Row[] {
  if (sort === undefined) return rows;
  const direction = sort.isDescending ? -1 : 1;
  const keyOf = (row: Row): Value | undefined => {
    const value = sort.column === 'name' ? row.name : row.values.get(sort.column);
    return typeof value === 'number' && Number.isNaN(value) ? undefined : value;
  };
  return [...rows].sort((a, b) => {
    const [x, y] = [keyOf(a), keyOf(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    if (typeof x === 'number' && typeof y === 'number') return direction * (x - y);
    return direction * compareNames(String(x), String(y));
  });
}
