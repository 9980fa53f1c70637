/** Asks the process that trains for a map of the shown probe, with its cost before and after. */

import { millisecondsText } from '@convscope/shared/cost-text.js';
import type { TrainerState } from '@convscope/shared/protocol/control.js';
import {
  estimateOcclusion,
  estimateSaliency,
  OCCLUSION_USUAL,
  occlusionGrid,
} from '@convscope/shared/unit-records.js';
import { useState } from 'react';
import { useForbidden } from '../../../runs/table/use-forbidden.js';
import { Button } from '../../../ui/button.js';
import { plural } from '../../../ui/format.js';
import { useStoreValue } from '../../../ui/store.js';
import { type Said, useTrainer } from '../ask/trainer-link.js';
import type { Score } from './score.js';
import '../ask/ask-panel.css';

type Reason = 'occlusion' | 'saliency';

export function AskForMap({ reason, score }: { readonly reason: Reason; readonly score: Score }) {
  const report = useStoreValue(useTrainer().report);
  if (report === undefined) return null;
  if ('reason' in report) return <p className="micro">{report.reason}</p>;
  // What became of a request is said beside the kind of map and the run that it was for.
  return <Form key={`${reason} ${report.run}`} reason={reason} score={score} state={report.state} />;
}

interface FormProps {
  readonly reason: Reason;
  readonly score: Score;
  readonly state: TrainerState;
}

function Form({ reason, score, state }: FormProps) {
  const trainer = useTrainer();
  const forbidden = useForbidden();
  const [patch, setPatch] = useState<number>(OCCLUSION_USUAL.patch);
  const [stride, setStride] = useState<number>(OCCLUSION_USUAL.stride);
  const [status, setStatus] = useState<'waiting' | Said>();
  const { probe, label } = score;
  const grid = occlusionGrid(state.side, patch, stride);
  const problem = reason === 'occlusion' && typeof grid === 'string' ? grid : undefined;
  const ask = (): void => {
    setStatus('waiting');
    const request =
      reason === 'occlusion'
        ? ({ ask: 'occlusion', probe, patch, stride } as const)
        : ({ ask: 'saliency', probe, class: label } as const);
    void trainer.ask(request).then(setStatus);
  };
  return (
    <div className="score-ask">
      <div className="row ask-line">
        {reason === 'occlusion' && (
          <>
            <Pixels label="patch" most={state.side} value={patch} onChange={setPatch} />
            <Pixels label="stride" most={state.side} value={stride} onChange={setStride} />
          </>
        )}
        <Button
          disabled={forbidden !== undefined || problem !== undefined || status === 'waiting'}
          onClick={ask}
        >
          {reason === 'occlusion' ? 'Cover patches now' : 'Compute it now'}
        </Button>
      </div>
      {forbidden !== undefined && <p className="small is-warn">{forbidden}</p>}
      <p className={problem === undefined ? 'micro' : 'micro is-bad'} data-expected-cost>
        {problem ?? expectation(reason, state, grid)}
      </p>
      <p className="small ask-said" role="status">
        {status === 'waiting' ? (
          <span className="muted">Computing between the steps of training.</span>
        ) : (
          status !== undefined && (
            <span className={status.isBad ? 'is-bad' : undefined}>{status.sentence}</span>
          )
        )}
      </p>
    </div>
  );
}

function expectation(
  reason: Reason,
  { pictureCost }: TrainerState,
  grid: ReturnType<typeof occlusionGrid>,
): string {
  if (reason === 'saliency' || typeof grid === 'string') {
    const milliseconds = estimateSaliency(pictureCost);
    if (milliseconds === undefined) return 'The cost is not known before the first evaluation.';
    return pictureCost.saliency === null
      ? `Takes perhaps ${millisecondsText(milliseconds)}: a guess, until one has been computed.`
      : `Takes about ${millisecondsText(milliseconds)}.`;
  }
  const patches = plural(grid.rows * grid.rows, 'patch', 'patches');
  const milliseconds = estimateOcclusion(pictureCost, grid);
  if (milliseconds === undefined) return `${patches}. The cost is not known before the first evaluation.`;
  return pictureCost.ofOcclusion
    ? `${patches}: about ${millisecondsText(milliseconds)}, going by the last map, in pieces between the steps of training.`
    : `${patches}: perhaps ${millisecondsText(milliseconds)}, going by the evaluation of the test set, in pieces between the steps of training.`;
}

function Pixels(props: {
  readonly label: string;
  readonly most: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  const { label, most, value, onChange } = props;
  return (
    <label className="small ask-field">
      {label}
      <input
        type="number"
        min={1}
        max={most}
        value={Number.isNaN(value) ? '' : value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
    </label>
  );
}
