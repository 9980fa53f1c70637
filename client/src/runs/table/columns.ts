/** The columns of the run table. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { compareNames } from '../../ui/compare-names.js';
import { hasRecords } from '../has-records.js';
import { stateWord } from '../state-words.js';
import { configValue, type KnownFacts, scalarValue } from './run-values.js';

/**
 * What a column shows, as text, so that it can be kept: `name`, one of BUILT_IN, `config:NAME` or, of a scalar, `last:TAG`,
 * `min:TAG` or `max:TAG`.
 */
export type ColumnId = string;

export type Cell = string | number | boolean | undefined;

const BUILT_IN = {
  name: { title: 'run', cell: ({ run }: RunSummary): Cell => run },
  status: { title: 'status', cell: (run: RunSummary): Cell => stateWord(run, false).word },
  step: {
    title: 'step',
    cell: (run: RunSummary): Cell => (hasRecords(run) ? run.lastStep : undefined),
  },
  progress: { title: 'progress', cell: progressOf },
  left: { title: 'time left', cell: secondsLeft },
  seen: { title: 'last seen', cell: ({ lastWallTime }: RunSummary): Cell => lastWallTime || undefined },
  started: { title: 'started', cell: ({ firstWallTime }: RunSummary): Cell => firstWallTime || undefined },
  loss: {
    title: 'loss',
    cell: ({ loss }: RunSummary): Cell => (loss === undefined ? undefined : Number(loss)),
  },
  size: { title: 'log', cell: ({ bytes }: RunSummary): Cell => bytes },
} as const;

/** The share of its steps that a run has done, if it says how many it will do. */
export function progressOf(run: RunSummary): number | undefined {
  const { lastStep, totalSteps } = run;
  if (totalSteps === undefined || !(totalSteps > 0) || !hasRecords(run)) return undefined;
  return Math.min(1, Math.max(0, lastStep / totalSteps));
}

export function isOver({ state }: RunSummary): boolean {
  return state === 'completed' || state === 'interrupted' || state === 'failed';
}

/** Seconds until a run that trains ends, at the pace of its last steps. */
export function secondsLeft(run: RunSummary): number | undefined {
  const { state, trainingPaused, totalSteps, lastStep, secondsPerStep } = run;
  if (state !== 'live' || trainingPaused || totalSteps === undefined || secondsPerStep === undefined)
    return undefined;
  return Math.max(0, totalSteps - lastStep) * secondsPerStep;
}

type BuiltIn = keyof typeof BUILT_IN;

export const BUILT_IN_COLUMNS = Object.keys(BUILT_IN) as readonly BuiltIn[];

export type Column =
  | { readonly kind: 'built-in'; readonly name: BuiltIn }
  | { readonly kind: 'config'; readonly name: string }
  | { readonly kind: 'scalar'; readonly of: 'last' | 'min' | 'max'; readonly tag: string };

/** Undefined for what is not a column. */
export function parseColumn(id: ColumnId): Column | undefined {
  const builtIn = BUILT_IN_COLUMNS.find((name) => name === id);
  if (builtIn !== undefined) return { kind: 'built-in', name: builtIn };
  const [, kind, name] = /^(config|last|min|max):(.+)$/s.exec(id) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  if (kind === 'config') return { kind, name };
  return { kind: 'scalar', of: kind === 'min' || kind === 'max' ? kind : 'last', tag: name };
}

export function columnTitle(id: ColumnId): string {
  const column = parseColumn(id);
  if (column === undefined) return id;
  if (column.kind === 'built-in') return BUILT_IN[column.name].title;
  if (column.kind === 'config') return column.name;
  return column.of === 'last' ? column.tag : `${column.of} ${column.tag}`;
}

export function cellOf(run: RunSummary, id: ColumnId, facts: KnownFacts): Cell {
  const column = parseColumn(id);
  if (column === undefined) return undefined;
  if (column.kind === 'built-in') return BUILT_IN[column.name].cell(run);
  if (column.kind === 'config') return configValue(run, column.name, facts);
  return scalarValue(run, column.tag, column.of, facts);
}

/** Whether differences from a baseline are shown. */
export function isCompared(id: ColumnId): boolean {
  const column = parseColumn(id);
  return (
    column?.kind === 'scalar' ||
    (column?.kind === 'built-in' && (column.name === 'loss' || column.name === 'step'))
  );
}

/** The scalars whose summaries these columns show. */
export function scalarsOf(columns: readonly ColumnId[]): string[] {
  return [
    ...new Set(
      columns.flatMap((id) => {
        const column = parseColumn(id);
        return column?.kind === 'scalar' ? [column.tag] : [];
      }),
    ),
  ];
}

/** How many values of the configuration have a column as long as the user has chosen none. */
const USUAL_CONFIGS = 4;

/**
 * The columns before the user has chosen any: what all runs have, how far those have come that go on and say where they end, and
 * what differs between their configurations.
 */
export function usualColumns(runs: readonly RunSummary[]): ColumnId[] {
  const differing = configNames(runs).filter(({ differs }) => differs);
  const unfinished = runs.filter((run) => !isOver(run) && progressOf(run) !== undefined);
  return [
    ...['status', 'step'],
    ...(unfinished.length > 0 ? ['progress'] : []),
    // Whether it is paused or has just begun: the column does not come and go with that.
    ...(unfinished.some(({ state }) => state === 'live') ? ['left'] : []),
    'loss',
    ...differing.slice(0, USUAL_CONFIGS).map(({ name }) => `config:${name}`),
    'seen',
  ];
}

export interface ConfigName {
  readonly name: string;
  /** Whether the runs have different values. */
  readonly differs: boolean;
}

/** The names of values in the configurations that are listed, in the order in which they first appear. */
export function configNames(
  runs: readonly RunSummary[],
  { configs }: Pick<KnownFacts, 'configs'> = NO_CONFIGS,
): ConfigName[] {
  const values = new Map<string, { readonly first: Cell; differs: boolean; count: number }>();
  let configured = 0;
  for (const { run, config: listed } of runs) {
    const config = configs.get(run) ?? listed;
    if (config === undefined) continue;
    configured++;
    for (const [name, value] of Object.entries(config)) {
      const known = values.get(name);
      if (known === undefined) values.set(name, { first: value, differs: false, count: 1 });
      else {
        known.count++;
        if (known.first !== value) known.differs = true;
      }
    }
  }
  return [...values].map(([name, { differs, count }]) => ({ name, differs: differs || count < configured }));
}

const NO_CONFIGS: Pick<KnownFacts, 'configs'> = { configs: new Map() };

/** Compares two cells of a column. What is missing or no number comes last, however the column is sorted. */
export function compareCells(a: Cell, b: Cell, descending: boolean): number {
  const [first, second] = [rankOf(a), rankOf(b)];
  if (first !== second) return first - second;
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || first === 3 ? 0 : a < b === descending ? 1 : -1;
  if (a === undefined || b === undefined) return 0;
  const order = compareNames(String(a), String(b));
  return descending ? -order : order;
}

function rankOf(cell: Cell): number {
  if (cell === undefined) return 4;
  if (typeof cell === 'number') return Number.isNaN(cell) ? 3 : 0;
  return 1;
}
