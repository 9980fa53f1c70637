/** How values are written. */
import { scalarText } from '../../charts/tick-text.js';
import { formatConfig } from '../../ui/format.js';
import type { Column, Value } from './columns.js';
import type { Row } from './rows.js';

export function valueText(column: Pick<Column, 'kind'>, value: Value | undefined): string {
  if (value === undefined) return '–';
  if (typeof value === 'string') return value;
  return column.kind === 'metric' || !Number.isFinite(value)
    ? scalarText(value)
    : formatConfig(Number(value.toPrecision(6)));
}

/** With the standard deviation over the runs of the row, where they differ. */
export function cellText(column: Pick<Column, 'id' | 'kind'>, row: Row): string {
  const text = valueText(column, row.values.get(column.id));
  const spread = row.spread.get(column.id);
  return spread === undefined ? text : `${text} ± ${scalarText(spread)}`;
}
