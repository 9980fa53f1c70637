/** The values that a value is made of, each with its place in the net. */
import type { LayerTerm } from '@convscope/shared/layers/explain-value.js';
import { formatReading, formatValue } from '../../../ui/format.js';
import { useRunPage } from '../run-page-context.js';
import type { Selection } from '../state/selection.js';

/** "conv1 ch 3, y 4, x 5" */
export function placeText({ described, inputs }: Selection, { operand, channel, y, x }: LayerTerm): string {
  const name = described?.inputs[operand] ?? 'its input';
  const shape = inputs[operand]?.stack?.shape;
  const isVector = shape !== undefined && shape[1] * shape[2] === 1;
  return isVector ? `${name} ch ${channel}` : `${name} ch ${channel}, y ${y}, x ${x}`;
}

/** A click goes to where a term comes from. */
export function TermList(props: {
  readonly selection: Selection;
  readonly terms: readonly LayerTerm[];
  readonly isWeighted?: boolean;
}) {
  const app = useRunPage();
  const { selection, terms, isWeighted = false } = props;
  return (
    <ol className="layer-terms">
      {terms.map((term) => (
        <li key={`${term.operand} ${term.channel} ${term.y} ${term.x}`}>
          <button
            type="button"
            className="layer-term ellipsis"
            title="To where it comes from"
            onClick={() =>
              app.follow({
                ...term,
                layer: selection.described?.inputs[term.operand] ?? '',
                size: 0,
                share: 0,
              })
            }
          >
            {placeText(selection, term)}
          </button>
          <span className="small nowrap">
            {isWeighted && `${formatValue(term.weight)} × `}
            {formatReading(term.input)}
          </span>
        </li>
      ))}
    </ol>
  );
}
