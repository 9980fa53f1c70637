/** Says what the address asks for and the log does not hold, and offers the nearest that it does. */

import { formatStep } from '../../ui/format.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useRunPage } from './run-page-context.js';
import { absentLayer, absentStep } from './state/absent.js';

export function AbsentNotices() {
  const app = useRunPage();
  const run = useStoreValue(app.run);
  const view = useStoreValue(app.view);
  const shown = useStore(app.step, (step) => step);
  // Scalars come after the rest of the run is known, and with them the steps that are there.
  useStore(app.curveData, () => run?.data.hasAllHeld);
  if (run === undefined) return null;
  const absent = absentStep(view, run);
  const layer = absentLayer(view, run);
  return (
    <>
      {view.noStep !== undefined && (
        <p className="notice is-warn" role="status">
          The address asks for the step “{view.noStep}”, which is not a whole number: the newest is shown.
        </p>
      )}
      {absent !== undefined && (
        <div className={`notice absent ${absent.from === 'log' ? 'is-warn' : 'muted'}`} role="status">
          <span>
            {absent.from === 'maps'
              ? `No maps were captured at step ${formatStep(absent.step)}: older ones are shown.`
              : absent.step > run.lastStep
                ? `This run has no step ${formatStep(absent.step)}: its last is ${formatStep(run.lastStep)}.`
                : `Nothing was logged at step ${formatStep(absent.step)}.`}
            {absent.from === 'log' && shown !== undefined && ` Step ${formatStep(shown)} is shown.`}
          </span>
          {[absent.before, absent.after].map(
            (step) =>
              step !== undefined && (
                <button key={step} type="button" className="link" onClick={() => app.scrubTo(step)}>
                  Go to step {formatStep(step)}
                </button>
              ),
          )}
        </div>
      )}
      {run.data.textModelError !== undefined && (
        <p className="notice is-bad" role="status" data-model-problem>
          The log’s description of the net cannot be read, so layers are found by the names of their tags.{' '}
          {run.data.textModelError}
        </p>
      )}
      {layer !== undefined && (
        <p className="notice is-warn" role="status">
          This run has no maps of a layer “{layer}”: {run.layer?.name} is shown.
        </p>
      )}
    </>
  );
}
