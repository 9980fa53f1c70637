/** What --max-log-mb means: first captures grow rarer, then maps cease; scalars are never dropped. */

/** Shares of the limit at which captures are asked to be twice, four times as far apart. */
const STRETCHES = [
  { share: 0.75, stretch: 4 },
  { share: 0.5, stretch: 2 },
] as const;
/** The rest is for scalars. */
const MAPS_SHARE = 0.9;

export interface LogBudget {
  /** How many times further apart captures should be. */
  captureStretch(written: number): number;
  /** Whether maps of so many bytes still fit. */
  fits(written: number, bytes: number): boolean;
}

/** @param limitBytes 0 for none */
export function createLogBudget(limitBytes: number): LogBudget {
  return {
    captureStretch(written) {
      if (limitBytes === 0) return 1;
      return STRETCHES.find(({ share }) => written >= limitBytes * share)?.stretch ?? 1;
    },
    fits: (written, bytes) => limitBytes === 0 || written + bytes <= limitBytes * MAPS_SHARE,
  };
}
