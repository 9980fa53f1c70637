/** The hyperparameters and metrics of runs as columns. */
import type { HparamsAnswer, HparamsRun } from '@convscope/shared/protocol/hparams.js';
import type { SeriesSummary } from '@convscope/shared/protocol/summaries.js';
import type { Extreme } from './view.js';

export type Value = number | string;

export interface Column {
  /** `h:lr` for a hyperparameter, `m:val/loss` for a metric. */
  readonly id: string;
  readonly kind: 'hparam' | 'metric';
  /** The name in the log. */
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
  /** Numbers, or texts and booleans. */
  readonly type: 'number' | 'text';
  /** Whether its numbers are usually told apart by their powers. */
  readonly isLogLike: boolean;
  /** Whether all rows that have it have the same value. */
  readonly isConstant: boolean;
}

/** A run that states hyperparameters. */
export interface Session {
  readonly run: string;
  readonly group: string | undefined;
  readonly status: HparamsRun['status'];
  /** By id of the column; without those that the run lacks. NaN and infinities are numbers here. */
  readonly values: ReadonlyMap<string, Value>;
}

/** Summaries of the metrics, by tag and run. */
export type Summaries = ReadonlyMap<string, ReadonlyMap<string, SeriesSummary>>;

export interface SessionTable {
  readonly columns: readonly Column[];
  readonly sessions: readonly Session[];
}

/** A metric, and the folder below a session's that logs it. */
export interface Metric {
  readonly tag: string;
  readonly group: string;
  readonly title: string;
  readonly description: string | undefined;
}

/** The metrics that the experiments declare, in their order. */
export function declaredMetrics({ experiments }: HparamsAnswer): readonly Metric[] {
  const found = new Map<string, Metric>();
  for (const { metrics } of experiments)
    for (const { tag, group, displayName, description } of metrics) {
      const title = displayName || (group === '' ? tag : `${group}: ${tag}`);
      const key = `${group}\n${tag}`;
      if (!found.has(key)) found.set(key, { tag, group, title, description: description || undefined });
    }
  return [...found.values()];
}

/**
 * A scalar that no experiment declares as metric: of the session's own run or the one above it, and of each folder below
 * sessions that logs it, as Keras logs `epoch_loss` in `train` and `validation`.
 */
export function undeclaredMetrics(
  tag: string,
  sessions: readonly Pick<HparamsRun, 'run'>[],
  summaries: Summaries,
): readonly Metric[] {
  const logging = summaries.get(tag);
  const stating = new Set(sessions.map(({ run }) => run));
  const groups = new Set<string>();
  for (const run of logging?.keys() ?? []) {
    if (stating.has(run)) continue;
    const slash = run.lastIndexOf('/');
    if (stating.has(slash < 0 ? '.' : run.slice(0, slash))) groups.add(run.slice(slash + 1));
  }
  const below = [...groups]
    .sort()
    .map((group): Metric => ({ tag, group, title: `${group}: ${tag}`, description: undefined }));
  const own: Metric = { tag, group: '', title: tag, description: undefined };
  const isLoggedOutside = sessions.some(
    ({ run }) => metricOf(run, own, summaries, stating, 'last') !== undefined,
  );
  return below.length > 0 && !isLoggedOutside ? below : [own, ...below];
}

export function metricId({ tag, group }: Pick<Metric, 'tag' | 'group'>): string {
  return group === '' ? `m:${tag}` : `m:${group}:${tag}`;
}

const JSON_NUMBERS: ReadonlySet<Value | boolean> = new Set(['NaN', 'Infinity', '-Infinity']);

export function tableOf(
  answer: HparamsAnswer,
  metrics: readonly Metric[],
  summaries: Summaries,
  extreme: Extreme,
): SessionTable {
  // The values of a session have no order, but what the experiment declares has one.
  const declared = answer.experiments.flatMap(({ hparams }) => hparams.map(({ name }) => name));
  const stated = new Set(answer.runs.flatMap(({ values }) => Object.keys(values)));
  const names = [...new Set([...declared.filter((name) => stated.has(name)), ...stated])];
  const numeric = new Set(names.filter((name) => isNumeric(answer.runs, name)));
  const stating = new Set(answer.runs.map(({ run }) => run));
  const sessions = answer.runs.map((one): Session => {
    const values = new Map<string, Value>();
    for (const name of names) {
      const value = Object.hasOwn(one.values, name) ? one.values[name] : undefined;
      if (value !== undefined) values.set(`h:${name}`, numeric.has(name) ? Number(value) : String(value));
    }
    for (const metric of metrics) {
      const value = metricOf(one.run, metric, summaries, stating, extreme);
      if (value !== undefined) values.set(metricId(metric), value);
    }
    const { run, group, status } = one;
    return { run, group, status, values };
  });
  const infos = new Map(
    answer.experiments.flatMap(({ hparams }) => hparams.map((info) => [info.name, info])),
  );
  const columns = [
    ...names.map((name) => {
      const info = infos.get(name);
      const title = info?.displayName || name;
      const description = info?.description || undefined;
      const type = numeric.has(name) ? ('number' as const) : ('text' as const);
      return columnOf({ id: `h:${name}`, kind: 'hparam', name, title, description, type }, sessions);
    }),
    ...metrics.map((metric) => {
      const { tag: name, title, description } = metric;
      return columnOf(
        { id: metricId(metric), kind: 'metric', name, title, description, type: 'number' },
        sessions,
      );
    }),
  ];
  return { columns, sessions };
}

/** Booleans are texts: an axis of two places says more than one from 0 to 1. */
function isNumeric(runs: readonly HparamsRun[], name: string): boolean {
  const values = runs.flatMap(({ values }) => (Object.hasOwn(values, name) ? [values[name]!] : []));
  return (
    values.some((value) => typeof value === 'number') &&
    values.every((value) => typeof value === 'number' || JSON_NUMBERS.has(value))
  );
}

/**
 * A metric is logged by the session's own run, or by the folder below it that the experiment names. torch's add_hparams makes
 * a run of its own below the one that logs the curves, so what the session lacks is looked for in the run above it.
 */
function metricOf(
  run: string,
  { tag, group }: Metric,
  summaries: Summaries,
  stating: ReadonlySet<string>,
  extreme: Extreme,
): number | undefined {
  const byRun = summaries.get(tag);
  if (byRun === undefined) return undefined;
  const own = group === '' ? run : run === '.' ? group : `${run}/${group}`;
  const slash = run.lastIndexOf('/');
  const above = slash < 0 ? '.' : run.slice(0, slash);
  const summary = byRun.get(own) ?? (group === '' && !stating.has(above) ? byRun.get(above) : undefined);
  const point = summary?.[extreme] ?? summary?.last;
  return point === undefined ? undefined : Number(point.value);
}

function columnOf(column: Omit<Column, 'isLogLike' | 'isConstant'>, sessions: readonly Session[]): Column {
  const values = sessions.flatMap(({ values }) => values.get(column.id) ?? []);
  const numbers = values.filter((value) => typeof value === 'number').filter(Number.isFinite);
  const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)];
  return {
    ...column,
    isLogLike: column.type === 'number' && least > 0 && greatest / least >= 100,
    isConstant: sessions.length > 1 && new Set(values).size <= 1 && values.length === sessions.length,
  };
}
