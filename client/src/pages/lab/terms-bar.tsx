/** The arithmetic of the chosen output pixel, term by term, with the running sum, and the controls that slide. */

import type { ConvolutionTerm, OutputPixel } from '@convscope/shared/convolution/terms.js';
import { Button } from '../../ui/button.js';
import { formatShort } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { Select } from '../../ui/select.js';
import './lab-terms.css';

export interface Slide {
  readonly playing: boolean;
  readonly speed: number;
  readonly index: number;
  readonly count: number;
}

export const SPEEDS = [1, 2, 4, 8, 16] as const;

/** The list shows at most this many products of an input channel. */
const MOST_SHOWN = 200;

export function TermsBar(props: {
  pixel: OutputPixel | undefined;
  place: { outChannel: number; y: number; x: number };
  hasBias: boolean;
  groups: number;
  perGroup: number;
  slide: Slide;
  onPlay: () => void;
  onStep: (by: number) => void;
  onSpeed: (speed: number) => void;
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
      {pixel && <Sum pixel={pixel} hasBias={props.hasBias} groups={props.groups} perGroup={props.perGroup} />}
    </section>
  );
}

function Sum({
  pixel,
  hasBias,
  groups,
  perGroup,
}: {
  pixel: OutputPixel;
  hasBias: boolean;
  groups: number;
  perGroup: number;
}) {
  const byInput = new Map<number, ConvolutionTerm[]>();
  for (const term of pixel.terms) {
    const list = byInput.get(term.inChannel);
    if (list) list.push(term);
    else byInput.set(term.inChannel, [term]);
  }
  const total = (
    <div className="lab-total">
      <b data-testid="lab-sum">= {formatShort(pixel.sum, 6)}</b>
      <span>{hasBias ? `with bias ${formatShort(pixel.bias, 6)}` : 'no bias'}</span>
    </div>
  );
  if (byInput.size === 1 && pixel.terms.length <= 25) {
    let running = 0;
    return (
      <div className="lab-sum">
        <ol className="lab-term-list">
          {pixel.terms.map((term, i) => {
            running += term.product;
            return <Term key={`${term.ky},${term.kx}`} term={term} first={i === 0} running={running} />;
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
              <b>{formatShort(pixel.byInput.find((entry) => entry.inChannel === inChannel)?.sum ?? 0, 6)}</b>
            </summary>
            <p className="lab-products">
              {terms
                .slice(0, MOST_SHOWN)
                .map((t) => `${formatShort(t.input, 2)} × ${formatShort(t.weight, 3)}`)
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

function Term({ term, first, running }: { term: ConvolutionTerm; first: boolean; running: number }) {
  return (
    <li data-zero={term.product === 0 || undefined}>
      <span className="lab-product">
        {!first && <i>+ </i>}
        {formatShort(term.input)} <i>×</i> <em>{formatShort(term.weight)}</em>
      </span>
      <span className="lab-note">
        {term.inside ? '' : 'padding, '}= {formatShort(term.product)}, so far {formatShort(running)}
      </span>
    </li>
  );
}
