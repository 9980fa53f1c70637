/** The arithmetic of the chosen output pixel, term by term, with the running sum, and the controls that slide. */

import type { ConvolutionTerm, OutputPixel } from '@convscope/shared/convolution/terms.js';
import { Button } from '../../ui/button.js';
import { formatShort, formatShortWithin } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { Select } from '../../ui/select.js';
import { boundOfInput, boundOfSum, type Lab } from './lab-model.js';
import { type LabState, SPEEDS } from './lab-state.js';
import './lab-terms.css';

export interface Slide {
  readonly playing: boolean;
  readonly speed: LabState['speed'];
  readonly index: number;
  readonly count: number;
}

/** The list shows at most this many products of an input channel. */
const MOST_SHOWN = 200;

export function TermsBar(props: {
  lab: Lab;
  pixel: OutputPixel | undefined;
  place: { outChannel: number; y: number; x: number };
  hasBias: boolean;
  groups: number;
  slide: Slide;
  onPlay: () => void;
  onStep: (by: number) => void;
  onSpeed: (speed: LabState['speed']) => void;
}) {
  const { slide, pixel, place } = props;
  return (
    <section className="lab-terms" aria-label="Arithmetic of the chosen output">
      <div className="lab-slide">
        <Button iconOnly aria-label="Previous window" onClick={() => props.onStep(-1)} disabled={!pixel}>
          <Icon name="previous" />
        </Button>
        <Button onClick={props.onPlay} disabled={!pixel}>
          <Icon name={slide.playing ? 'pause' : 'play'} />
          {slide.playing ? 'Pause' : 'Slide'}
        </Button>
        <Button iconOnly aria-label="Next window" onClick={() => props.onStep(1)} disabled={!pixel}>
          <Icon name="next" />
        </Button>
        <span className="lab-note">
          {pixel
            ? `window ${slide.index + 1} of ${slide.count}, output ${place.outChannel}, y ${place.y}, x ${place.x}`
            : 'no output: PyTorch refuses these parameters'}
        </span>
        <span className="lab-speed">
          speed
          <Select
            look="boxed"
            label="speed"
            value={slide.speed}
            options={SPEEDS.map((speed) => [speed, `${speed} window${speed > 1 ? 's' : ''}/s`])}
            onChange={props.onSpeed}
          />
        </span>
      </div>
      {pixel && <Sum lab={props.lab} pixel={pixel} hasBias={props.hasBias} groups={props.groups} />}
    </section>
  );
}

function Sum({
  lab,
  pixel,
  hasBias,
  groups,
}: {
  lab: Lab;
  pixel: OutputPixel;
  hasBias: boolean;
  groups: number;
}) {
  const perGroup = lab.inPerGroup;
  const bound = boundOfSum(lab, pixel.terms);
  const byInput = new Map<number, ConvolutionTerm[]>();
  for (const term of pixel.terms) {
    const list = byInput.get(term.inChannel);
    if (list) list.push(term);
    else byInput.set(term.inChannel, [term]);
  }
  const total = (
    <div className="lab-total">
      <b data-testid="lab-sum" data-bound={bound}>
        {bound === 0 ? `= ${formatShort(pixel.sum, 6)}` : formatShortWithin(pixel.sum, bound)}
      </b>
      <span>{hasBias ? `with bias ${formatShort(pixel.bias, 6)}` : 'no bias'}</span>
    </div>
  );
  if (byInput.size === 1 && pixel.terms.length <= 25) {
    let running = 0;
    let runningBound = 0;
    return (
      <div className="lab-sum">
        <ol className="lab-term-list">
          {pixel.terms.map((term, i) => {
            const inputBound = boundOfInput(lab, term);
            running += term.product;
            runningBound += Math.abs(term.weight) * inputBound;
            return (
              <Term
                key={`${term.ky},${term.kx}`}
                term={term}
                inputBound={inputBound}
                first={i === 0}
                running={formatShortWithin(running, runningBound)}
              />
            );
          })}
        </ol>
        {total}
      </div>
    );
  }
  return (
    <div className="lab-sum">
      <div className="lab-inputs">
        {[...byInput].map(([inChannel, terms], i) => (
          <details key={inChannel} open={byInput.size <= 3 && i === 0 && terms.length <= 25}>
            <summary>
              <span>
                in {inChannel}
                {groups > 1 ? ` (group ${Math.floor(inChannel / perGroup)})` : ''}
              </span>
              <b>
                {formatShortWithin(
                  pixel.byInput.find((entry) => entry.inChannel === inChannel)?.sum ?? 0,
                  boundOfSum(lab, terms),
                  6,
                )}
              </b>
            </summary>
            <p className="lab-products">
              {terms
                .slice(0, MOST_SHOWN)
                .map((t) => `${termInput(t, boundOfInput(lab, t), 2)} × ${formatShort(t.weight, 3)}`)
                .join(' + ')}
              {terms.length > MOST_SHOWN ? ` + ${terms.length - MOST_SHOWN} more` : ''}
            </p>
          </details>
        ))}
      </div>
      {total}
    </div>
  );
}

/** "(≈ 0.259 ± 0.008)" for a value that is not exact: the brackets keep it apart from the product. */
function termInput({ input }: ConvolutionTerm, bound: number, digits?: number): string {
  const text = formatShortWithin(input, bound, digits);
  return bound === 0 ? text : `(${text})`;
}

function Term({
  term,
  inputBound,
  first,
  running,
}: {
  term: ConvolutionTerm;
  inputBound: number;
  first: boolean;
  running: string;
}) {
  const product = formatShortWithin(term.product, Math.abs(term.weight) * inputBound);
  return (
    <li data-zero={term.product === 0 || undefined}>
      <span className="lab-product">
        {!first && <i>+ </i>}
        {termInput(term, inputBound)} <i>×</i> <em>{formatShort(term.weight)}</em>
      </span>
      <span className="lab-note">
        {term.inside ? '' : 'padding, '}
        {inputBound === 0 && '= '}
        {product}, so far {running}
      </span>
    </li>
  );
}
