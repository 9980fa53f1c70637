/** Implements --max-log-mb: near the limit captures become rarer, then maps are dropped. Scalars are never dropped. */

/** Shares of the limit at which captures become two and four times as far apart. */
const STRETCHES = [
  { share: 0.75, stretch: 4 },
  { share: 0.5, stretch: 2 },
] as const;
/** Share of the limit that maps may fill; the rest is reserved for scalars. */
const MAPS_SHARE = 0.9;

export interface LogBudget {
  /** How many times further apart captures should be; Infinity when there is no room for maps. */
  captureStretch(written: number): number;
  /** Whether maps of `bytes` still fit. */
  fits(written: number, bytes: number): boolean;
}

/** @param limitBytes 0 for no limit */
export function createLogBudget(limitBytes: number): LogBudget {
  return {
    captureStretch(written) {
      if (limitBytes === 0) return 1;
      if (written >= limitBytes * MAPS_SHARE) return Number.POSITIVE_INFINITY;
      return STRETCHES.find(({ share }) => written >= limitBytes * share)?.stretch ?? 1;
    },
    fits: (written, bytes) => limitBytes === 0 || written + bytes <= limitBytes * MAPS_SHARE,
  };
}
