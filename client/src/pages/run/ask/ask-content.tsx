/** What stands in the panel that asks the process that trains the shown run. */

import { millisecondsText, shareText } from '@convscope/shared/cost-text.js';
import type { TrainerState } from '@convscope/shared/protocol/control.js';
import { useIsHubLost } from '../../../runs/runs-context.js';
import { useForbidden } from '../../../runs/table/use-forbidden.js';
import { Button } from '../../../ui/button.js';
import { formatStep } from '../../../ui/format.js';
import { useStoreValue } from '../../../ui/store.js';
import { spacingText } from './capture-cost-text.js';
import { CaptureSettings } from './capture-settings.js';
import { ProbeChooser } from './probe-chooser.js';
import { useTrainer } from './trainer-link.js';
import './ask-panel.css';

export function AskContent() {
  const trainer = useTrainer();
  const forbidden = useForbidden();
  const isHubLost = useIsHubLost();
  const report = useStoreValue(trainer.report);
  const said = useStoreValue(trainer.said);
  const waiting = useStoreValue(trainer.waiting);
  if (report === undefined)
    return (
      <p className="small muted">
        {isHubLost
          ? 'The hub is not connected, so whether this run trains is not known.'
          : 'Asking the hub who trains this run.'}
      </p>
    );
  if ('reason' in report) return <p className="small">{report.reason}</p>;
  const { state } = report;
  const mayAsk = forbidden === undefined;
  return (
    <>
      {isHubLost && (
        <p className="small is-warn ask-lost">
          The hub is not connected. This is what held when it was last heard of.
        </p>
      )}
      <p className="small ask-now">
        <Now state={state} />
      </p>
      {forbidden !== undefined && <p className="small is-warn">{forbidden}</p>}
      <div className="row ask-actions">
        <Button disabled={!mayAsk} onClick={() => void trainer.ask({ ask: 'capture' })} title="C">
          Capture now
        </Button>
        <Button
          disabled={!mayAsk}
          onClick={() => void trainer.ask({ ask: 'settings', change: { paused: !state.settings.paused } })}
        >
          {state.settings.paused ? 'Go on capturing' : 'Pause captures'}
        </Button>
        <Button
          disabled={!mayAsk}
          onClick={() => void trainer.ask({ ask: 'training', paused: !state.trainingPaused })}
        >
          {state.trainingPaused ? 'Go on training' : 'Pause training'}
        </Button>
      </div>
      <p className="small ask-said" role="status">
        {waiting > 0 ? (
          <span className="muted">Waiting for the end of the step.</span>
        ) : (
          said !== undefined && <span className={said.isBad ? 'is-bad' : undefined}>{said.sentence}</span>
        )}
      </p>
      <CaptureSettings state={state} mayAsk={mayAsk} />
      <ProbeChooser state={state} mayAsk={mayAsk} />
    </>
  );
}

/** What holds now, and what it costs as measured. */
function Now({ state }: { state: TrainerState }) {
  const { settings, every, wider, next, last, share, trainingPaused } = state;
  const parts = [
    trainingPaused ? 'training is paused' : undefined,
    settings.paused
      ? 'captures are paused'
      : every > 0
        ? `a capture every ${formatStep(every)} steps${settings.every === 'auto' && wider === null ? ', as the budget allows' : ''}`
        : settings.at === '' || wider?.why === 'log-full'
          ? 'nothing is captured by itself'
          : `captures at ${settings.at}`,
    next === null ? undefined : `next at ${formatStep(next)}`,
    last === null ? undefined : `the last one held training for ${millisecondsText(last.milliseconds)}`,
    share === null
      ? undefined
      : `captures have taken ${shareText(share)} of the training time since these settings hold${settings.every === 'auto' ? ` (budget ${settings.budget} %)` : ''}`,
  ].filter((part) => part !== undefined);
  return (
    <>
      Step <b>{formatStep(state.step)}</b>: {parts.join(' · ')}.
      {wider !== null && !settings.paused && ` ${spacingText(wider)}`}
    </>
  );
}
