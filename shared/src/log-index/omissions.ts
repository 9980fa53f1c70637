import { formatCount } from './format-count.js';
import { INDEX_LIMITS } from './index-room.js';

/** Why a value is not in the index. */
export type Omission = 'columns' | 'all columns' | 'rows' | 'repeated';

/** What is said of values that are not in the index. */
export function omissionSentence(why: Omission, values: number): string {
  const shown = `${formatCount(values)} ${values === 1 ? 'value is' : 'values are'} not shown`;
  switch (why) {
    case 'columns':
      return `${shown}: a run may have at most ${formatCount(INDEX_LIMITS.columnsOfRun)} tags.`;
    case 'all columns':
      return `${shown}: all runs together may have at most ${formatCount(INDEX_LIMITS.columns)} tags.`;
    case 'rows':
      return `${shown}: the runs of a logdir may take at most ${INDEX_LIMITS.rowBytes / 2 ** 30} GB of memory; use a subfolder as the logdir.`;
    case 'repeated':
      return `${shown}: an event may hold at most ${INDEX_LIMITS.rowsOfEvent} records with the same tag.`;
  }
}
