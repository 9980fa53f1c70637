/** The histograms of a tag of a run, on axes that plots may share. */
import { binRange } from '@convscope/shared/rebin-histograms.js';
import { useMemo } from 'react';
import { useStoreValue } from '../../ui/store.js';
import { useDistributions } from './distributions-state.js';
import { useLinkedExtent } from './linked-extents.js';
import type { PlotData } from './plots.js';
import { whyUndrawn } from './undrawn.js';
import { type Histograms, useHistograms } from './use-histograms.js';
import { placeOn } from './x-axis.js';

/** @param values the plots with the same name share the axis of values, if plots are linked; undefined for none */
export function usePlotData(
  run: string,
  tag: string,
  most: number,
  values: string | undefined,
): { readonly data: PlotData | undefined; readonly histograms: Histograms } {
  const { address, extents, wishes } = useDistributions();
  const { axis, bins, linked, span } = useStoreValue(address.state);
  const histograms = useHistograms({ run, tag, span, most, wishes });
  const { shown: all } = histograms;
  const shown = useMemo(() => all.filter((one) => whyUndrawn(one) === undefined), [all]);
  const member = `${run}\n${tag}`;
  const start = shown[0]?.wallTime ?? 0;
  const ownValues = useMemo(() => {
    const range = binRange(shown.map(({ buckets }) => buckets));
    return range && { lo: range.left, hi: range.right };
  }, [shown]);
  const ownAlong = useMemo(() => {
    const [first, last] = [shown[0], shown.at(-1)];
    return first && last && { lo: placeOn(axis, first, start), hi: placeOn(axis, last, start) };
  }, [shown, axis, start]);
  const valueExtent = useLinkedExtent(
    extents,
    `values\n${values ?? member}`,
    member,
    ownValues,
    linked && values !== undefined,
  );
  const along = useLinkedExtent(extents, `along\n${axis}`, member, ownAlong, linked);
  const data = useMemo(
    (): PlotData | undefined =>
      // A plot that draws nothing needs no axes, not even those of the plots that it is linked with.
      ownValues &&
      valueExtent &&
      along && { histograms: shown, axis, start, along, values: valueExtent, bins },
    [shown, axis, start, along, ownValues, valueExtent, bins],
  );
  return { data, histograms };
}

/** "every 4th of 256 steps", or how much of it has come. */
export function choiceText({ shown, wanted, steps, every, isKnown, isAll }: Histograms): string {
  if (!isKnown) return '';
  if (!isAll) return `${shown.length} of ${wanted} loaded`;
  if (every > 1) return `1 in ${every} of ${steps} steps`;
  return steps === 1 ? '1 step' : `${steps} steps`;
}
