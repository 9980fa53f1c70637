/** The head of a group of cards, which opens and closes it. */
import type { RunColour } from '../../runs/run-colours.js';
import { Icon } from '../../ui/icons.js';
import { useDistributions } from './distributions-state.js';

export function GroupHead(props: {
  /** The name under which it is kept that the group is closed. */
  readonly group: string;
  readonly name: string;
  readonly count: number;
  readonly isOpen: boolean;
  readonly colour?: RunColour;
}) {
  const { group, name, count, isOpen, colour } = props;
  const { toggle } = useDistributions();
  return (
    <h2 className="group-head">
      <button type="button" aria-expanded={isOpen} onClick={() => toggle(group)}>
        <Icon name={isOpen ? 'chevron' : 'right'} />
        {colour !== undefined && <span className="swatch" style={{ background: colour.variable }} />}
        <span className="medium ellipsis">{name}</span>
        <span className="faint">{count}</span>
      </button>
    </h2>
  );
}
