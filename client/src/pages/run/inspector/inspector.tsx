/** Everything about the selected channel and pixel. */
import { memo } from 'react';
import { readingAt } from '../../../drawing/map-stack.js';
import { Button } from '../../../ui/button.js';
import type { Selection } from '../state/selection.js';
import { ReasonSection } from '../unit/reason-section.js';
import { TopPicturesSection } from '../unit/top-pictures-section.js';
import { ArithmeticSection } from './arithmetic-section.js';
import { CapturesSection } from './captures-section.js';
import { Head } from './head.js';
import { LayerArithmetic } from './layer-arithmetic.js';
import { LineageSection, Trail } from './lineage-section.js';
import { channelLink } from './open-in-lab.js';
import { ParametersSection } from './parameters-section.js';
import { ProbesSection } from './probes-section.js';
import { Statistics } from './statistics.js';
import './inspector.css';

export const Inspector = memo(function Inspector(props: {
  readonly selection: Selection;
  /** Only when the inspector covers the page. */
  readonly onClose?: () => void;
}) {
  const { selection, onClose } = props;
  return (
    <aside className="inspector" aria-label="Inspector" tabIndex={0}>
      <Trail selection={selection} />
      <Head selection={selection} onClose={onClose} />
      {selection.description === undefined ? (
        <LayerArithmetic selection={selection} />
      ) : (
        <ArithmeticSection selection={selection} />
      )}
      <ParametersSection selection={selection} />
      <LineageSection selection={selection} />
      <ChannelToLab selection={selection} />
      <Statistics selection={selection} />
      <CapturesSection selection={selection} />
      <TopPicturesSection selection={selection} />
      <ProbesSection />
      <ReasonSection />
    </aside>
  );
});

/** Opens the shown map as the input of the lab, to try other kernels on it. */
function ChannelToLab({ selection }: { selection: Selection }) {
  const { output, channel, layer, frame } = selection;
  if (output === undefined || channel >= output.shape[0]) return null;
  // Built on click: a live run shows many maps, and few of them are sent to the lab.
  const open = () => {
    const [, height, width] = output.shape;
    const values = Array.from({ length: height * width }, (_, place) =>
      readingAt(output, channel, Math.floor(place / width), place % width),
    );
    const step = frame === undefined ? '' : `, step ${frame.step}`;
    location.hash = channelLink({ caption: `${layer.name} out ${channel}${step}`, height, width, values });
  };
  return (
    <section className="section">
      <Button onClick={open}>Use this map as the lab’s input</Button>
    </section>
  );
}
