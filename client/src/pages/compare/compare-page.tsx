import { useEffect } from 'react';
import { formatStep } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { useCompleteWhenNothingWaits, useWaiting } from '../../ui/use-waiting.js';
import { CompareAside } from './compare-aside.js';
import { useCompare, useView } from './compare-context.js';
import { CompareCurve } from './compare-curve.js';
import { ComparePanes } from './compare-panes.js';
import { CompareToolbar } from './compare-toolbar.js';
import { Notices } from './notices.js';
import type { SideState } from './side.js';
import { SideBar } from './side-bar.js';
import { recipeOf, STAGE_NOUNS, stageFor } from './stage.js';
import { stageMaps } from './stage-maps.js';
import type { Stage } from './view.js';
import '../../ui/dashboard.css';
import './compare.css';

export function ComparePage() {
  const app = useCompare();
  const comparison = useStoreValue(app.comparison);
  const isSettled = useStoreValue(app.isSettled);
  useEffect(() => app.open(), [app]);
  useCompleteWhenNothingWaits();
  useWaiting(!isSettled);
  return (
    <main className="compare" data-settled={isSettled}>
      <h1 className="sr">Compare two captures</h1>
      <SideBar />
      <CompareCurve />
      <CompareToolbar />
      <Notices />
      <div className="compare-body">
        {comparison === undefined ? <Absent /> : <ComparePanes comparison={comparison} />}
        <CompareAside comparison={comparison} />
      </div>
    </main>
  );
}

/** In place of the grids, while there is nothing to compare. */
function Absent() {
  const app = useCompare();
  const a = useStoreValue(app.a);
  const b = useStoreValue(app.b);
  const layers = [a.layer, b.layer].filter((layer) => layer !== undefined);
  const stage = stageFor(
    useView((view) => view.stage),
    layers,
  );
  const reasons = [absentText('A', a, stage), absentText('B', b, stage)].filter((one) => one !== undefined);
  return (
    <div className="compare-absent" role="status">
      {reasons.length === 0 ? (
        <p className="muted">Loading both captures.</p>
      ) : (
        reasons.map((reason) => <p key={reason}>{reason}</p>)
      )}
      {a.isComplete && a.steps.length === 0 && (
        <p className="small muted">
          A run of convscope’s trainer logs captures by itself; of other programs, tensors [C, H, W] or [N, C,
          H, W] are compared.
        </p>
      )}
    </div>
  );
}

function absentText(name: string, state: SideState, stage: Stage): string | undefined {
  const { isMissing, run, isComplete, step, layer, frame, view } = state;
  if (isMissing) return `${name}: there is no run “${run}”. Choose another one above.`;
  if (view?.error !== undefined) return `${name}: its log could not be read.`;
  if (isComplete && step === undefined) return `${name}: nothing was captured in this run.`;
  if (step === undefined || layer === undefined || frame?.settled !== true) return undefined;
  const at = formatStep(step);
  if (stageMaps(frame, layer, stage) !== undefined) return undefined;
  if (recipeOf(layer, stage) !== undefined)
    return `${name}: the ${STAGE_NOUNS[stage]} of ${layer.name} cannot be computed for step ${at}, since not all that they follow from was logged then.`;
  return `${name}: no ${STAGE_NOUNS[stage]} of ${layer.name} were logged at or before step ${at}.`;
}
