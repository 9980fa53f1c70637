/** Widths of the column of runs, in pixels. */

/** The narrow list, as the run page shows it at first. */
export const NARROW_WIDTH = 184;
export const LEAST_WIDTH = 140;
/** The table, as the scalars page shows it at first. */
export const WIDE_WIDTH = 528;
/** From this width on, the runs are a table. */
export const WIDE_FROM = 400;
