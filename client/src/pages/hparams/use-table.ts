/** The table of what the page shows: its columns, its rows, and which of them the filter lets through. */
import { useEffect, useMemo } from 'react';
import { cssOf } from '../../drawing/lut.js';
import { usePalette } from '../../drawing/palette.js';
import { placeOf, runColourValue } from '../../runs/run-colours.js';
import { filterRuns } from '../../runs/run-filter.js';
import { useRunTitles } from '../../runs/use-run-titles.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { type AxisScale, scaleOf } from './axis-scale.js';
import { type Column, declaredMetrics, type Metric, tableOf, undeclaredMetrics } from './columns.js';
import type { Facts } from './hparams-data.js';
import { metricTags } from './hparams-data.js';
import { useHparams } from './hparams-state.js';
import { isWithin, type Row, rowsOf } from './rows.js';

export interface ShownColumn extends Column {
  readonly isLog: boolean;
  readonly scale: AxisScale;
}

export interface ShownTable {
  /** All columns, in their order. */
  readonly all: readonly Column[];
  /** Those that are not left out. */
  readonly columns: readonly ShownColumn[];
  readonly rows: readonly Row[];
  /** The ids of the rows that filter and brushes let through. */
  readonly within: ReadonlySet<string>;
  readonly metrics: readonly Metric[];
  /** The column that gives colours; undefined for those of the runs. */
  readonly colouredBy: ShownColumn | undefined;
  readonly colourOf: (row: Row) => string;
}

/** Colours of this many runs can still be told apart. */
const MOST_RUN_COLOURS = 8;

/** The metrics that are shown: those that were chosen as the experiment declares them, where it does. */
function metricsOf(
  facts: Facts,
  chosen: readonly string[] | undefined,
  losses: readonly (string | undefined)[],
): readonly Metric[] {
  const declared = declaredMetrics(facts.answer);
  return metricTags(facts.answer, chosen, losses).flatMap((tag): readonly Metric[] => {
    const known = declared.filter((metric) => metric.tag === tag);
    return known.length > 0 ? known : undeclaredMetrics(tag, facts.answer.runs, facts.summaries);
  });
}

/** What is the same in all runs tells nothing apart, so it is left out unless it is asked for. */
function isShown(
  { id, isConstant, kind }: Column,
  order: readonly string[],
  hidden: readonly string[],
): boolean {
  if (hidden.includes(id)) return false;
  return kind === 'metric' || !isConstant || order.includes(id);
}

export function useTable(facts: Facts | undefined): ShownTable | undefined {
  const { address, data, runs, typed } = useHparams();
  const view = useStoreValue(address.state);
  const list = useStore(runs.list, (one) => one?.runs);
  const filter = useStoreValue(typed);
  const places = useStoreValue(runs.table.places);
  const scalars = useStoreValue(runs.table.facts.summaries);
  const configs = useStoreValue(runs.table.configs);
  const { tokens, luts } = usePalette();
  useEffect(() => data.want(view.metrics), [data, view.metrics]);
  const losses = useMemo(() => [...new Set((list ?? []).map(({ lossTag }) => lossTag))], [list]);
  const metrics = useMemo(
    () => (facts === undefined ? [] : metricsOf(facts, view.metrics, losses)),
    [facts, view.metrics, losses],
  );
  const table = useMemo(
    () => facts && tableOf(facts.answer, metrics, facts.summaries, view.extreme),
    [facts, metrics, view.extreme],
  );
  const titleOf = useRunTitles();
  const rows = useMemo(
    () => (table === undefined ? [] : rowsOf(table, view.grouping, titleOf)),
    [table, view.grouping, titleOf],
  );
  const all = useMemo(() => {
    const placeIn = (id: string) => {
      const place = view.order.indexOf(id);
      return place < 0 ? view.order.length : place;
    };
    return [...(table?.columns ?? [])].sort((a, b) => placeIn(a.id) - placeIn(b.id));
  }, [table, view.order]);
  const columns = useMemo(
    () =>
      all
        .filter((column) => isShown(column, view.order, view.hidden))
        .map((column): ShownColumn => {
          const isLog =
            view.log.includes(column.id) || (column.isLogLike && !view.linear.includes(column.id));
          return { ...column, isLog, scale: scaleOf(column, rows, isLog) };
        }),
    [all, rows, view.order, view.hidden, view.log, view.linear],
  );
  const within = useMemo(() => {
    const passed = new Set(
      filterRuns(list ?? [], filter, { summaries: scalars, configs }).shown.map(({ run }) => run),
    );
    return new Set(
      rows
        .filter((row) => isWithin(row, view.brushes) && row.sessions.some(({ run }) => passed.has(run)))
        .map(({ id }) => id),
    );
  }, [rows, view.brushes, list, filter, scalars, configs]);
  const colouredBy = useMemo(() => {
    if (view.colour !== undefined) return columns.find(({ id }) => id === view.colour);
    return rows.length > MOST_RUN_COLOURS ? columns.find(({ kind }) => kind === 'metric') : undefined;
  }, [columns, rows, view.colour]);
  const colourOf = useMemo(() => {
    const runColours = (row: Row) => {
      const run = row.sessions[0]?.run ?? row.name;
      return runColourValue(places.get(run) ?? placeOf(run), tokens);
    };
    if (colouredBy === undefined) return runColours;
    const { id, scale, type } = colouredBy;
    return (row: Row) => {
      const value = row.values.get(id);
      const place = value === undefined ? undefined : scale.placeOf(value);
      if (place === undefined) return tokens.nan;
      if (type === 'text') return runColourValue(scale.texts?.indexOf(String(value)) ?? 0, tokens);
      // The ends of the map are as dark and as light as the page.
      return cssOf(luts.viridis[Math.round(40 + place * 175)]!);
    };
  }, [colouredBy, tokens, luts, places]);
  return useMemo(
    () => table && { all, columns, rows, within, metrics, colouredBy, colourOf },
    [table, all, columns, rows, within, metrics, colouredBy, colourOf],
  );
}
