/** A slider over the steps at which something was logged. It stays at its step when more come, and at the end it follows. */
import { indexAt } from '@convscope/shared/sorted.js';
import { formatStep } from './format.js';
import './step-slider.css';

export interface StepSliderProps {
  readonly label: string;
  /** Ascending. */
  readonly steps: readonly number[];
  /** Undefined: the newest, and each one that comes. */
  readonly step: number | undefined;
  readonly onChange: (step: number | undefined) => void;
}

export function StepSlider({ label, steps, step, onChange }: StepSliderProps) {
  const last = Math.max(0, steps.length - 1);
  const place = step === undefined ? last : Math.max(0, indexAt(steps, step));
  const shown = step ?? steps[last];
  return (
    <span className="step-slider">
      <input
        type="range"
        aria-label={label}
        aria-valuetext={shown === undefined ? 'step –' : `step ${formatStep(shown)}`}
        min={0}
        max={last}
        value={place}
        disabled={steps.length < 2}
        onChange={(event) => {
          const next = Number(event.target.value);
          onChange(next >= last ? undefined : steps[next]);
        }}
      />
      <output className="small nowrap">
        {shown === undefined ? 'step –' : `step ${formatStep(shown)}`}
        {step === undefined && shown !== undefined && <span className="faint"> newest</span>}
      </output>
    </span>
  );
}
