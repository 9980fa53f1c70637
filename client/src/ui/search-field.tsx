import { Icon } from './icons.js';
import './search-field.css';

export function SearchField(props: {
  readonly id?: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  return (
    <label className="search-field">
      <Icon name="search" />
      <span className="sr">{props.label}</span>
      <input
        id={props.id}
        type="search"
        placeholder={props.label}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}
