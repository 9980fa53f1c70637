/** Values that a layer reads, and what it takes of them: the largest, the mean, or a share. */
import { exactly, plus } from '@convscope/shared/convolution/reading.js';
import type { Explanation, LayerTerm } from '@convscope/shared/layers/explain-value.js';
import { usePalette } from '../../../drawing/palette.js';
import { formatReading, formatValue, plural } from '../../../ui/format.js';
import { Cells } from '../shown/cells.js';
import { useInputLimits } from '../shown/use-input-limits.js';
import { productOf } from '../state/explanation.js';
import type { Selection } from '../state/selection.js';
import { placeText, TermList } from './term-list.js';

/** Of more terms the largest ones. */
export const SHOWN = 12;
/** A window wider than this is drawn without numbers. */
const NUMBERED_COLUMNS = 6;

export interface BodyProps {
  readonly selection: Selection;
  readonly explanation: Explanation;
}

export function WindowBody({ selection, explanation }: BodyProps) {
  const { luts } = usePalette();
  const limits = useInputLimits(selection);
  const { terms, result } = explanation;
  // Values of one place in all channels, or in several maps, have no order in the picture.
  const isListed = new Set(terms.map(({ operand, channel }) => `${operand} ${channel}`)).size > 1;
  const columns = new Set(terms.map(({ x }) => x)).size || 1;
  const hasNumbers = columns <= NUMBERED_COLUMNS;
  const size = hasNumbers ? 36 : Math.max(4, Math.floor(240 / columns));
  return (
    <>
      {isListed ? (
        <FirstTerms selection={selection} explanation={explanation} />
      ) : (
        <Cells
          values={terms.map(({ input }) => input)}
          columns={columns}
          size={size}
          lut={selection.inputSigned ? luts.RdBu : luts.viridis}
          limits={limits}
          numbers={hasNumbers}
          label="Values of the window. Arrow keys choose a cell"
          textOf={(at) => `${placeText(selection, terms[at]!)}: ${formatReading(terms[at]!.input)}`}
        />
      )}
      <p className="small">
        {explanation.formula === 'mean' ? (
          <>
            {formatReading(terms.reduce((sum, { input }) => plus(sum, input), exactly(0)))} ÷{' '}
            {explanation.divisor} ={' '}
          </>
        ) : isExtreme(explanation) ? (
          <>
            {explanation.certain ? '' : 'probably '}
            {placeText(selection, terms[explanation.winner]!)}:{' '}
          </>
        ) : explanation.formula === 'root' ? (
          <>√{formatValue(terms.reduce((sum, term) => sum + productOf(term), 0))} = </>
        ) : null}
        <span className="strong" data-total>
          {formatReading(result)}
        </span>
      </p>
      {isExtreme(explanation) && !explanation.certain && (
        <p className="micro">
          Another of these values may be as {explanation.formula === 'max' ? 'large' : 'small'}: they were
          logged with 8 bits.
        </p>
      )}
    </>
  );
}

function isExtreme(explanation: Explanation): explanation is Explanation & { formula: 'max' | 'min' } {
  return explanation.formula === 'max' || explanation.formula === 'min';
}

/** Of many values those that count most: of a minimum the smallest, of a maximum the largest, else those farthest from 0. */
function FirstTerms({ selection, explanation }: BodyProps) {
  const { terms, formula } = explanation;
  const rankOf = ({ input: { value } }: LayerTerm) =>
    formula === 'max' ? value : formula === 'min' ? -value : Math.abs(value);
  const shown = [...terms].sort((a, b) => rankOf(b) - rankOf(a)).slice(0, SHOWN);
  return (
    <>
      <TermList selection={selection} terms={shown} />
      {terms.length > shown.length && (
        <p className="micro">
          {plural(terms.length - shown.length, formula === 'min' ? 'larger value' : 'smaller value')} more
        </p>
      )}
    </>
  );
}

export function SoftmaxBody({ selection, explanation }: BodyProps) {
  if (explanation.formula !== 'softmax' && explanation.formula !== 'logSoftmax') return null;
  const { terms, own, result, formula } = explanation;
  const top = Math.max(...terms.map(({ input }) => input.value));
  const sum = terms.reduce((all, { input }) => all + Math.exp(input.value - top), 0);
  const shown = [...terms].sort((a, b) => b.input.value - a.input.value).slice(0, SHOWN);
  return (
    <>
      <ol className="layer-terms">
        {shown.map((term) => (
          <li key={term.channel}>
            <span className={term.channel === terms[own]?.channel ? 'strong ellipsis' : 'ellipsis'}>
              e^({placeText(selection, term)})
            </span>
            <span className="small nowrap">
              {formatReading(term.input)}: {formatValue((Math.exp(term.input.value - top) / sum) * 100, 1)} %
            </span>
          </li>
        ))}
      </ol>
      {terms.length > shown.length && (
        <p className="micro">{plural(terms.length - shown.length, 'smaller value')} more</p>
      )}
      <p className="small">
        {formula === 'logSoftmax' && 'the logarithm of '}e^({formatReading(terms[own]!.input)}) ÷ the sum of
        all ={' '}
        <span className="strong" data-total>
          {formatReading(result)}
        </span>
      </p>
    </>
  );
}
