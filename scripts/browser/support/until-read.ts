import { runsOf } from '#server/testing/runs-of.js';
import { until } from '#server/testing/until.js';

/** Waits until a hub lists `count` runs and has read their logs: which of them are the newest, and what they log, is known then. */
export function untilRead(url: string, count: number): Promise<void> {
  return until(async () => {
    const runs = await runsOf(url);
    return runs.length === count && runs.every(({ readToEnd }) => readToEnd);
  }, `the logs of ${count} runs to be read`);
}
