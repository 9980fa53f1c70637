/** How the pinned value of a layer other than a convolution comes about, from the values that it reads. */
import { marginOf } from '@convscope/shared/convolution/reading.js';
import type { Activation } from '@convscope/shared/layers/activations.js';
import type { Explanation, LayerTerm } from '@convscope/shared/layers/explain-value.js';
import { formatReading, formatShort, formatValue, plural } from '../../../ui/format.js';
import { Arrow } from '../../../ui/icons.js';
import { ACTIVATION_NAMES } from '../shown/layer-names.js';
import { explanationOf, productOf, sumOf } from '../state/explanation.js';
import type { Selection } from '../state/selection.js';
import { placeText, TermList } from './term-list.js';
import { TransposedRows } from './transposed-rows.js';
import { type BodyProps, SHOWN, SoftmaxBody, WindowBody } from './values-body.js';

const TITLES: Readonly<Record<Explanation['formula'], string>> = {
  sum: 'Sum',
  max: 'Maximum of the window',
  min: 'Minimum',
  mean: 'Mean of the window',
  norm: 'Normalised',
  activation: 'Activation',
  softmax: 'Share of the whole',
  logSoftmax: 'Logarithm of the share of the whole',
  product: 'Product',
  quotient: 'Quotient',
  root: 'Root of the sum of squares',
  copy: 'Copied',
  constant: 'Padding',
};

export function LayerArithmetic({ selection }: { readonly selection: Selection }) {
  const explanation = explanationOf(selection);
  if (explanation === undefined) return <MissingParts selection={selection} />;
  const { result, formula } = explanation;
  return (
    <section
      className="section"
      aria-label="Arithmetic"
      data-arithmetic={selection.layer.name}
      data-formula={formula}
      data-result={result.value}
      data-result-bound={marginOf(result)}
    >
      <h3 className="heading">
        {titleOf(selection, formula)} <span className="micro">{countText(explanation)}</span>
      </h3>
      <Body selection={selection} explanation={explanation} />
    </section>
  );
}

const OF_VALUES: ReadonlySet<Explanation['formula']> = new Set([
  'max',
  'min',
  'mean',
  'root',
  'softmax',
  'logSoftmax',
]);

function titleOf({ described }: Selection, formula: Explanation['formula']): string {
  if (described?.type === 'maximum') return 'Maximum';
  if (described?.type !== 'reduce' || formula === 'sum' || formula === 'root') return TITLES[formula];
  return `${formula === 'max' ? 'Maximum' : 'Mean'} of all ${described.over}`;
}

function countText(explanation: Explanation): string {
  const { formula, terms } = explanation;
  if (formula === 'norm')
    return explanation.over === undefined
      ? 'with the running statistics'
      : `over ${plural(explanation.over.channels, 'channel')} of this ${explanation.over.of}`;
  if (OF_VALUES.has(formula)) return plural(terms.length, 'value');
  if (formula !== 'sum') return '';
  return terms.length > SHOWN
    ? `${plural(terms.length, 'term')}, largest first`
    : plural(terms.length, 'term');
}

/** What is not in the log, so that nobody waits for it. */
function MissingParts({ selection }: { readonly selection: Selection }) {
  const { described, inputs, frame } = selection;
  if (described === undefined || described.type === 'other' || frame?.settled !== true) return null;
  const missing = inputs.filter(({ stack }) => stack === undefined).map(({ name }) => name);
  return (
    <section className="section" aria-label="Arithmetic">
      <p className="small faint">
        {missing.length > 0
          ? `The arithmetic is not known: the log does not hold the maps of ${missing.join(', ')} at this step.`
          : 'The arithmetic is not known: the log does not hold the parameters of this layer at this step, or they do not fit its maps.'}
      </p>
    </section>
  );
}

function Body({ selection, explanation }: BodyProps) {
  switch (explanation.formula) {
    case 'max':
    case 'min':
    case 'mean':
    case 'root':
      return <WindowBody selection={selection} explanation={explanation} />;
    case 'sum':
      return <SumBody selection={selection} explanation={explanation} />;
    case 'norm': {
      const { mean, variance, eps, weight, bias, terms, result } = explanation;
      return (
        <p className="small">
          ({formatReading(terms[0]!.input)} − {formatValue(mean)}) ÷ √({formatValue(variance)} +{' '}
          {formatValue(eps)}) × {formatValue(weight)} + {formatValue(bias)} ={' '}
          <span className="strong" data-total>
            {formatReading(result)}
          </span>
        </p>
      );
    }
    case 'activation': {
      const { layer, terms, result } = explanation;
      return (
        <p className="small">
          {selection.described?.type === 'prelu'
            ? `PReLU, slope ${formatValue(layer.negativeSlope ?? 0)} below 0: `
            : activationText(layer)}
          ({formatReading(terms[0]!.input)}) ={' '}
          <span className="strong" data-total>
            {formatReading(result)}
          </span>
        </p>
      );
    }
    case 'product':
    case 'quotient': {
      const { terms, result } = explanation;
      return (
        <>
          <TermList selection={selection} terms={terms} />
          <div className="total">
            <span className="faint">=</span>
            <span className="strong" data-total>
              {formatReading(result)}
            </span>
          </div>
        </>
      );
    }
    case 'softmax':
    case 'logSoftmax':
      return <SoftmaxBody selection={selection} explanation={explanation} />;
    case 'constant':
      return (
        <p className="small">
          beside the maps that are padded:{' '}
          <span className="strong" data-total>
            {formatReading(explanation.result)}
          </span>
        </p>
      );
    case 'copy': {
      const [term] = explanation.terms;
      return (
        <p className="small">
          the value of {placeText(selection, term!)}, unchanged:{' '}
          <span className="strong" data-total>
            {formatReading(explanation.result)}
          </span>
        </p>
      );
    }
  }
}

/** "clamp from −1 to 1 of " */
function activationText({ kind, min, max }: Activation): string {
  if (kind !== 'clamp') return ACTIVATION_NAMES[kind];
  const from = min === undefined ? '' : ` from ${formatShort(min)}`;
  const to = max === undefined ? '' : ` to ${formatShort(max)}`;
  return `clamp${from}${to} of `;
}

function SumBody({ selection, explanation }: BodyProps) {
  if (explanation.formula !== 'sum') return null;
  const { terms, bias, before, relu, result } = explanation;
  const sizeOf = (term: LayerTerm) => {
    const size = Math.abs(productOf(term));
    return Number.isNaN(size) ? Number.POSITIVE_INFINITY : size;
  };
  const isWeighted = terms.some(({ weight }) => weight !== 1);
  const isSorted = isWeighted || terms.length > SHOWN;
  const sorted = isSorted ? [...terms].sort((a, b) => sizeOf(b) - sizeOf(a)) : terms;
  const rest = sorted.slice(SHOWN);
  const { described } = selection;
  return (
    <>
      {described?.type === 'convTranspose2d' ? (
        <TransposedRows selection={selection} layer={described} terms={terms} />
      ) : (
        <>
          <TermList selection={selection} terms={sorted.slice(0, SHOWN)} isWeighted={isWeighted} />
          {rest.length > 0 && (
            <p className="micro">
              {plural(rest.length, 'more term')}, together {formatReading(sumOf(rest))}
            </p>
          )}
        </>
      )}
      <div className="total">
        {bias !== undefined && (
          <>
            <span className="faint">{described?.type === 'scale' ? '+ offset' : '+ bias'}</span>
            <span>{formatValue(bias)}</span>
          </>
        )}
        <span className="faint">=</span>
        <span className={relu ? '' : 'strong'} {...(relu ? {} : { 'data-total': true })}>
          {formatReading(before)}
        </span>
        {relu && (
          <span className="total-result">
            <span className="faint">
              <Arrow />
            </span>{' '}
            <span className="strong" data-total>
              {formatReading(result)}
            </span>
          </span>
        )}
      </div>
    </>
  );
}
