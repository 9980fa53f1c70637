/** The head of a group, which opens and closes it. */
import { Icon } from './icons.js';
import './dashboard.css';

export function GroupHead(props: {
  readonly name: string;
  /** How many there are in it, or what else there is to say of it. */
  readonly count?: number | string;
  readonly isOpen: boolean;
  /** A CSS colour. */
  readonly colour?: string;
  readonly onToggle: () => void;
}) {
  const { name, count, isOpen, colour, onToggle } = props;
  return (
    <h2 className="group-head">
      <button type="button" aria-expanded={isOpen} onClick={onToggle}>
        <Icon name={isOpen ? 'chevron' : 'right'} />
        {colour !== undefined && <span className="swatch" style={{ background: colour }} />}
        <span className="medium ellipsis">{name}</span>
        {count !== undefined && <span className="faint ellipsis">{count}</span>}
      </button>
    </h2>
  );
}
