/** What is not as the address asks, or as one might think: absent steps and layers, other pictures, shapes, matches. */

import { nameOfRun } from '@convscope/shared/run-name.js';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.js';
import { formatStep, formatValue, plural } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { useCompare, useView } from './compare-context.js';
import { type Comparison, partnerOf } from './comparison.js';
import { picturesText } from './pictures.js';
import type { SideState } from './side.js';
import { hasStage, isRectified, roleOf, STAGE_NOUNS } from './stage.js';
import type { SideName, Stage } from './view.js';

export function Notices() {
  const app = useCompare();
  const a = useStoreValue(app.a);
  const b = useStoreValue(app.b);
  const comparison = useStoreValue(app.comparison);
  const canRetry = useStoreValue(app.canRetry);
  const stage = comparison?.stage;
  const asked = useView((view) => view.stage);
  const lack = stage === undefined ? undefined : lackOfStage(asked, stage, a, b);
  return (
    <>
      {(['a', 'b'] as const).flatMap((side) =>
        problemsOf(side, side === 'a' ? a : b, stage).map((problem) => (
          <Notice key={`${side}\n${problem}`} isProblem>
            {problem}
          </Notice>
        )),
      )}
      {lack !== undefined && <Notice isProblem>{lack}</Notice>}
      {canRetry && (
        <Notice isProblem>
          Some captures could not be fetched. <Button onClick={() => app.retry()}>Try again</Button>
        </Notice>
      )}
      <MatchNotice comparison={comparison} />
      {comparison?.mismatch !== undefined && <Notice isProblem>{comparison.mismatch}</Notice>}
      {comparison !== undefined && comparison.mismatch === undefined && (
        <Agreement a={a} b={b} comparison={comparison} />
      )}
    </>
  );
}

function Notice({ isProblem = false, children }: { isProblem?: boolean; children: ReactNode }) {
  return (
    <p
      className={isProblem ? 'compare-notice is-warn' : 'compare-notice'}
      role={isProblem ? 'status' : undefined}
    >
      {children}
    </p>
  );
}

function problemsOf(side: SideName, state: SideState, stage: Stage | undefined): readonly string[] {
  const name = side.toUpperCase();
  const { run, isMissing, absentStep, step, absentLayer, layer, frame, isComplete, view, steps } = state;
  // The page says in place of the grids that the run is missing.
  if (isMissing) return [];
  const problems: string[] = [];
  if (view?.error !== undefined) problems.push(`${name}: ${view.error}`);
  if (isComplete && layer === undefined)
    problems.push(`${name}: the run “${nameOfRun(run ?? '')}” has no maps in its log. Choose another run.`);
  if (absentLayer !== undefined)
    problems.push(`The run of ${name} has no maps of a layer “${absentLayer}”: ${layer?.name} is shown.`);
  if (absentStep !== undefined && step !== undefined && isComplete)
    problems.push(
      absentStep < (steps[0] ?? absentStep)
        ? `Nothing was captured at step ${formatStep(absentStep)}: ${name} shows step ${formatStep(step)}, the first.`
        : `Nothing was captured at step ${formatStep(absentStep)}: ${name} shows step ${formatStep(step)}.`,
    );
  if (frame?.gap !== undefined)
    problems.push(`${name}: nothing of step ${formatStep(frame.step)} is in the log: ${frame.gap.reason}.`);
  for (const error of frame?.errors ?? []) problems.push(`${name}: ${error}`);
  if (layer === undefined || stage === undefined || frame === undefined) return problems;
  const piece = frame[roleOf(stage, layer)];
  if (piece !== undefined && piece.step !== frame.step)
    problems.push(
      `${name}: the ${STAGE_NOUNS[stage]} are of step ${formatStep(piece.step)}, since none were logged at step ${formatStep(frame.step)}.`,
    );
  return problems;
}

/** ReLU is asked for where nothing is, and a layer without it is shown as it was logged. */
function lackOfStage(asked: Stage, shown: Stage, a: SideState, b: SideState): string | undefined {
  if (asked === shown || asked === 'relu' || !a.isComplete || !b.isComplete) return undefined;
  const [nameA, nameB] = [a.layer?.name, b.layer?.name];
  const isOne = a.run === b.run && nameA === nameB;
  return `The log has no ${STAGE_NOUNS[asked]} of ${isOne ? nameA : `${nameA} in A or ${nameB} in B`}: ${STAGE_NOUNS[shown]} are shown.`;
}

/** What the shapes are, where the layers are not the same one, and whether the pictures are. */
function Agreement({ a, b, comparison }: { a: SideState; b: SideState; comparison: Comparison }) {
  const { pictures, shown, stage, changes, isTooMuch } = comparison;
  const [layerA, layerB] = [a.layer, b.layer];
  if (layerA === undefined || layerB === undefined) return null;
  const sentences: string[] = [];
  if (a.run !== b.run || layerA.name !== layerB.name) {
    const shape = comparison.a?.shape;
    if (shape !== undefined && stage !== 'kernels')
      sentences.push(
        `${layerA.name} of A and ${layerB.name} of B have maps of the same shape, ${shape[0]} × ${shape[1]}×${shape[2]}.`,
      );
    const weights = a.frame?.weight?.decoded.shape;
    if (weights !== undefined && stage === 'kernels')
      sentences.push(
        `${layerA.name} of A and ${layerB.name} of B have kernels of the same shape, [${weights.join(', ')}].`,
      );
  }
  if (isRectified(layerA, stage) !== isRectified(layerB, stage))
    sentences.push(
      `${hasStage(layerA, 'relu') ? 'A is shown after ReLU, and B' : 'B is shown after ReLU, and A'} as it was logged.`,
    );
  if (stage !== 'kernels') {
    const text = picturesText(pictures, shown);
    if (text !== undefined) sentences.push(text);
  }
  if (isTooMuch)
    sentences.push(
      'Changes are measured over the shown picture only, since all of them are too many values.',
    );
  const skipped = changes.reduce((sum, change) => sum + (change?.skipped ?? 0), 0);
  if (skipped > 0)
    sentences.push(
      `${plural(skipped, 'place is', 'places are')} NaN or infinite in A or B, and not measured.`,
    );
  if (sentences.length === 0) return null;
  return <Notice>{sentences.join(' ')}</Notice>;
}

function MatchNotice({ comparison }: { comparison: Comparison | undefined }) {
  const app = useCompare();
  const matched = useStoreValue(app.matching.matched);
  const channel = useView((view) => view.channel);
  if (matched === undefined) return null;
  if (matched.status === 'busy') return <Notice>Matching the channels.</Notice>;
  if (matched.status === 'failed')
    return (
      <Notice isProblem>The channels cannot be matched: {matched.why} They are paired by number.</Notice>
    );
  const match = comparison?.match;
  if (match === undefined) return null;
  const partner = comparison && partnerOf(comparison, channel);
  const over = matched.pictures === 1 ? 'this one picture' : `these ${matched.pictures} pictures`;
  return (
    <Notice>
      {partner === undefined
        ? `No channel of B is left for ${channel}. `
        : `Beside channel ${channel}, B shows channel ${partner}, correlation ${formatValue(match.correlations[channel] ?? 0, 2)}. `}
      Matched by the correlation of the maps on {over}, at step {formatStep(matched.stepA)} of A and{' '}
      {formatStep(matched.stepB)} of B{match.isSampled && ', from a sample of their places'}.
      {comparison?.stage === 'kernels' &&
        ' Only output channels are matched: the input channels of kernels are compared by number.'}
    </Notice>
  );
}
