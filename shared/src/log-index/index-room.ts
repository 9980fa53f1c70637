/**
 * How much the index of a run, and those of all runs of a logdir together, may hold. Normal use stays far below these
 * numbers; they end what a hostile or broken log may cost. What is beyond is counted, and the rest goes on.
 */
export const INDEX_LIMITS = {
  /** 500 runs with 1,000 tags each are normal. */
  columnsOfRun: 100_000,
  columns: 1_000_000,
  /** Characters of all tags: 80 for each column. An answer that lists the tags of a run may take six bytes for each. */
  tagTextOfRun: 8 * 1024 * 1024,
  tagText: 64 * 1024 * 1024,
  /** Bytes of all rows: some 150 million points whose steps and wall times grow evenly. */
  rowBytes: 1024 * 1024 * 1024,
  /** Gaps that are listed with their places; all are counted. */
  gapsOfRun: 1000,
  gaps: 20_000,
  /** Rows that one event may add to one column. An event needs two bytes for a value, and the index 36. */
  rowsOfEvent: 4,
} as const;

/** What the indexes of a logdir hold together. */
export class IndexRoom {
  columns = 0;
  tagText = 0;
  rowBytes = 0;
  gaps = 0;
}
