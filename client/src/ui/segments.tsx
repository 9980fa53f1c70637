import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactNode } from 'react';
import './segments.css';

/** A row of choices of which exactly one is pressed. */
export function Segments<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, text: ReactNode])[];
  readonly onChange: (value: T) => void;
}) {
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
