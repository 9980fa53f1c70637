import type { ReactNode } from 'react';
import { Icon } from './icons.js';

/** A native select that reads as text: "sort **index** ⌄". */
export function Select<T extends string>(props: {
  readonly label: string;
  readonly text?: ReactNode;
  readonly value: T;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly tiny?: boolean;
  readonly title?: string;
  readonly onChange: (value: T) => void;
}) {
  const { value, options } = props;
  const shown = options.find(([one]) => one === value)?.[1] ?? value;
  return (
    <span className={props.tiny ? 'select tiny' : 'select'} title={props.title}>
      {props.text}
      <b>{shown}</b>
      <Icon name="chevron" />
      <select
        aria-label={props.label}
        value={value}
        onChange={(event) => props.onChange(event.target.value as T)}
      >
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </span>
  );
}
