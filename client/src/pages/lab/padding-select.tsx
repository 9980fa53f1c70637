/** How padding is given: by numbers, or by one of PyTorch's words. */
import { Select } from '../../ui/select.js';
import type { LabState } from './lab-state.js';

const PADDINGS = [
  ['numbers', 'number'],
  ['same', "'same'"],
  ['valid', "'valid'"],
] as const;

export function PaddingSelect({
  state,
  change,
}: {
  state: LabState;
  change: (change: Partial<LabState>) => void;
}) {
  return (
    <Select
      look="boxed"
      label="Kind of padding"
      value={state.padding}
      options={PADDINGS}
      onChange={(padding) => change({ padding })}
    />
  );
}

export function PaddingChoice({
  state,
  change,
  bad,
}: {
  state: LabState;
  change: (change: Partial<LabState>) => void;
  bad: boolean;
}) {
  return (
    <div className="lab-field" data-bad={bad || undefined}>
      <span>padding</span>
      <PaddingSelect state={state} change={change} />
    </div>
  );
}
