/** What the answers of a source change in a series. */
import type { FoundValue, Refusal, Series as SentSeries } from '@convscope/shared/protocol/series.js';
import { pointsOf } from '../series/points-of.js';
import { ScalarPoints } from '../series/scalar-points.js';
import type { Series } from '../series/series.js';
import { stretchOf } from '../series/stretch.js';
import type { Job } from './series-jobs.js';

/** How many older branches an answer lacks of a series that it holds. */
export function branchesLeftOut(
  refused: readonly Refusal[],
  { run, tag }: { readonly run: string; readonly tag: string },
): number {
  return (
    refused.find((one) => one.run === run && one.tag === tag && one.branches !== undefined)?.branches ?? 0
  );
}

/**
 * @param branches what was replaced of the series, if that was asked for
 * @param leftOut how many older ones there are
 */
export function takeSeries(
  { series, purpose, curve, asked }: Job,
  sent: SentSeries,
  branches: readonly SentSeries[],
  leftOut: number,
): void {
  if (asked.kind !== 'columns') return;
  const stretch = () => stretchOf(sent, asked.weight, asked.width, asked.to === undefined);
  switch (purpose) {
    case 'load':
      if (sent.kind === 'points') {
        series.takeWhole(pointsOf(sent), sent.rows);
        return;
      }
      series.takeLong(newestOf(sent), sent.rows, sent.total, sent.firstX);
      // One value tells little of others: which kind it is, and when it was logged.
      if (!Number.isFinite(series.last)) series.newest(2);
      if (curve?.weight === asked.weight) curve.takeOverview(stretch());
      return;
    case 'overview':
      curve?.takeOverview(stretch());
      return;
    case 'detail':
      curve?.takeDetail(stretch());
      return;
    case 'near':
      curve?.takeNear(stretch());
      return;
    case 'tail':
      series.takeTail(sent.kind === 'points' ? pointsOf(sent) : new ScalarPoints());
      return;
    case 'earlier':
      series.takeEarlier(
        branches.map((branch) => stretchOf(branch, 0, asked.width, false).raw),
        leftOut,
      );
      return;
    case 'rows':
      takeRows(series, sent);
  }
}

/** @param found undefined if there is no point at or before the place */
export function takeValue({ series, purpose, curve, asked }: Job, found: FoundValue | undefined): void {
  if (purpose === 'median') series.takeMedian(found?.median);
  if (asked.kind !== 'value') return;
  if (purpose === 'step') series.takeHasStep(asked.at, found?.step === asked.at);
  if (purpose !== 'reading') return;
  const raw = Number(found?.value);
  const reading =
    found === undefined ? undefined : { step: found.step, raw, smoothed: Number(found.smoothed ?? raw) };
  curve?.takeReading(asked.at, reading);
}

/** Adds the points after the newest one, if they are as many as the rows that were missing and it is still there. */
function takeRows(series: Series, sent: SentSeries): void {
  const missing = sent.rows - series.rows;
  if (missing <= 0) {
    // More were announced than there are.
    series.known = series.rows;
    return;
  }
  const last = series.lastStep ?? Number.NEGATIVE_INFINITY;
  const from = sent.kind === 'points' ? sent.steps.findIndex((step) => step > last) : -1;
  // The newest point that is held is asked for too: it may have been replaced by a writer that began anew before it.
  const isLastThere =
    series.count === 0 || (from > 0 && sent.kind === 'points' && sent.steps[from - 1] === last);
  if (sent.kind !== 'points' || from < 0 || !isLastThere || sent.steps.length - from !== missing) {
    series.isReplaced = true;
    return;
  }
  const { steps, wallTimes, values } = sent;
  series.append(series.rows, {
    steps: steps.subarray(from),
    wallTimes: wallTimes.subarray(from),
    values: values.subarray(from),
  });
}

/** The newest point, as far as the columns say it: its time is not known, and one that is not finite is NaN. */
function newestOf(sent: Extract<SentSeries, { kind: 'columns' }>): ScalarPoints {
  const at = sent.count.length - 1;
  const points = new ScalarPoints();
  const isThere = sent.raw.last.x[at] === sent.lastX;
  points.push(sent.lastX, Number.NaN, isThere ? sent.raw.last.y[at]! : Number.NaN);
  return points;
}
