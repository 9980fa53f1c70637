import type { RunSummary } from '@convscope/shared/protocol/live.js';

export interface RunListProps {
  readonly selected: string | undefined;
  readonly onSelect: (run: string) => void;
  /** The runs that are drawn beside the selected one, and whether they have a curve to draw. */
  readonly drawn: ReadonlyMap<string, boolean>;
}

export interface RowsProps extends RunListProps {
  readonly runs: readonly RunSummary[];
}
