import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { memo, type ReactNode } from 'react';
import { useSameOptions } from './use-same-options.js';
import { useStable } from './use-stable.js';
import './segments.css';

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, text: ReactNode])[];
  readonly onChange: (value: T) => void;
}

/** A row of choices of which exactly one is pressed. */
export function Segments<T extends string>(props: SegmentsProps<T>) {
  const [options, onChange] = [useSameOptions(props.options), useStable(props.onChange)];
  return <Shown<T> {...props} options={options} onChange={onChange} />;
}

const Shown = memo(ShownSegments) as typeof ShownSegments;

function ShownSegments<T extends string>(props: SegmentsProps<T>) {
  return (
    <ToggleGroup<T>
      className="segments"
      aria-label={props.label}
      value={[props.value]}
      onValueChange={([next]) => {
        // Empty when the pressed choice is clicked again, which must leave it pressed.
        if (next !== undefined) props.onChange(next);
      }}
    >
      {props.options.map(([value, text]) => (
        <Toggle key={value} value={value}>
          {text}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
