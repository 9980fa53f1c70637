/** The weights of the chosen unit of a dense layer, and what each of them adds. */
import { useMemo } from 'react';
import { formatReading, formatValue, plural } from '../../../ui/format.js';
import { OfStep } from '../shown/of-step.js';
import { explanationOf, productOf } from '../state/explanation.js';
import type { Selection } from '../state/selection.js';
import { VectorBars } from './vector-bars.js';

export function WeightsPane({ selection }: { readonly selection: Selection }) {
  const { described, parameters, channel, frame, layer } = selection;
  const explanation = explanationOf(selection);
  const inFeatures = described?.type === 'dense' ? described.inFeatures : 0;
  const weights = useMemo(
    () => parameters.weight?.subarray(channel * inFeatures, (channel + 1) * inFeatures),
    [parameters.weight, channel, inFeatures],
  );
  const terms = explanation?.terms;
  const products = useMemo(() => terms?.map(productOf), [terms]);
  const nameOf = (index: number): string => {
    const term = terms?.[index];
    const shape = selection.inputShape;
    const isVector = shape === undefined || shape[1] * shape[2] === 1;
    return term === undefined || isVector
      ? `in ${index}`
      : `in ${term.channel}, y ${term.y}, x ${term.x} (${index})`;
  };
  return (
    <section className="pane kernels" aria-label="Weights">
      <div className="pane-head">
        <h2 className="heading">Weights</h2>
        <span className="micro ellipsis">
          <OfStep step={frame?.weight?.step} after=" · " />
          {plural(inFeatures, 'input')} of out {channel}
        </span>
      </div>
      <div className="kernels-body weights-body">
        {weights === undefined || weights.length === 0 ? (
          <p className="pane-message">The weights of {layer.name} at this step are not here.</p>
        ) : (
          <VectorBars
            label={`Weights of ${layer.name} out ${channel}`}
            values={weights}
            nameOf={nameOf}
            textOf={(index) => formatValue(weights[index]!)}
          />
        )}
        {products !== undefined && terms !== undefined && (
          <>
            <p className="micro">weight × input, which add up to the value</p>
            <VectorBars
              label={`What each input adds to ${layer.name} out ${channel}`}
              values={products}
              nameOf={nameOf}
              textOf={(index) =>
                `${formatValue(terms[index]!.weight)} × ${formatReading(terms[index]!.input)} = ${formatValue(products[index]!)}`
              }
            />
          </>
        )}
      </div>
    </section>
  );
}
