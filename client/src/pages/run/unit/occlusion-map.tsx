/** By how much the probability of the class falls while a patch of the probe is covered. */

import { millisecondsText } from '@convscope/shared/cost-text.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { readOcclusionFacts } from '@convscope/shared/unit-facts.js';
import { factsTag, occlusionTag } from '@convscope/shared/unit-records.js';
import { useMemo } from 'react';
import { formatPercent, formatStep, formatValue } from '../../../ui/format.js';
import { useStoreLater } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { NewerMap, NoMap, OtherProbes, type Score, useFirstSteps, useSameProbes } from './score.js';
import { ScoreMap } from './score-map.js';
import { fallsOf } from './score-maps.js';
import { useRecordAt } from './use-record.js';

export function OcclusionMap({ score, isWanted }: { readonly score: Score; readonly isWanted: boolean }) {
  const { probe, label, name, step, side } = score;
  const tag = occlusionTag(probe);
  const record = useRecordAt(tag, 'tensor', step, isWanted);
  const about = useRecordAt(factsTag(tag), 'text', record.step, isWanted);
  const { frames } = useRunPage();
  const shownStep = useStoreLater(frames.rest, frames.drawsAtOnce)?.output?.step;
  const isSame = useSameProbes(record.step, shownStep);
  const [firstStep] = useFirstSteps([tag], shownStep ?? step);
  const facts = useMemo(
    () => (about.decoded?.kind === 'text' ? readOcclusionFacts(about.decoded.strings.join('')) : undefined),
    [about.decoded],
  );
  const { decoded } = record;
  const found = useMemo(() => {
    if (decoded?.kind !== 'tensor' || facts === undefined) return undefined;
    try {
      return fallsOf(decoded.values, decoded.shape, facts, side, label);
    } catch (error) {
      return { error: messageOf(error) };
    }
  }, [decoded, facts, side, label]);
  if (record.step === undefined)
    return <NoMap what="occlusion map of this probe" isLogged={record.isLogged} firstStep={firstStep} />;
  const error =
    record.error ??
    about.error ??
    (about.decoded !== undefined && facts === undefined
      ? 'What the occlusion map says of itself cannot be read.'
      : undefined) ??
    (found !== undefined && 'error' in found ? found.error : undefined);
  if (error !== undefined) return <p className="small is-bad">{error}</p>;
  if (isSame === false) return <OtherProbes what="occlusion map" step={record.step} firstStep={firstStep} />;
  if (found === undefined || 'error' in found || facts === undefined)
    return <p className="small muted">Loading.</p>;
  const { values, grid } = found;
  const { patch, stride, offset, rows } = grid;
  const base = facts.base[label]!;
  const windowOf = (row: number, column: number) => ({
    y0: offset + row * stride,
    y1: offset + row * stride + patch - 1,
    x0: offset + column * stride,
    x1: offset + column * stride + patch - 1,
  });
  return (
    <>
      <ScoreMap
        label={`Occlusion map of probe ${probe} for ${name}, step ${record.step}: the probability ${formatPercent(base)} falls by up to ${formatValue(values.reduce((all, one) => Math.max(all, one), 0))}`}
        values={values}
        rows={rows}
        columns={rows}
        origin={offset + (patch - stride) / 2}
        cell={stride}
        side={side}
        signed
        legend={`fall of the probability of ${name}`}
        windowOf={windowOf}
        textOf={(row, column) => {
          const { y0, y1, x0, x1 } = windowOf(row, column);
          const fall = values[row * rows + column]!;
          return (
            <>
              y {y0}…{y1}, x {x0}…{x1} covered: {formatPercent(base)} becomes {formatPercent(base - fall)} (
              {fall < 0 ? '+' : ''}
              {formatValue(-fall)})
            </>
          );
        }}
      >
        {name}: {formatPercent(base)} at <b>step {formatStep(record.step)}</b>; patch {patch}, stride {stride}
        , covered with the mean colour; {millisecondsText(facts.milliseconds)}.
      </ScoreMap>
      <NewerMap shown={record.step} newest={record.lastStep} />
    </>
  );
}
