/** Tiles of the layer strip that have no thumbnail: layers whose maps are not in the log, and folded blocks. */
import type { LayerDescription, LayerOf } from '@convscope/shared/run-description.js';
import type { ReactNode } from 'react';
import { formatShort, plural } from '../../ui/format.js';
import { Arrow, Icon } from '../../ui/icons.js';
import { useStoreValue } from '../../ui/store.js';
import { FlagCounts } from './flag-counts.js';
import { healthAt } from './frames/layer-health.js';
import type { LayerView } from './frames/layers.js';
import { useRunPage } from './run-page-context.js';
import { ACTIVATION_NAMES } from './shown/layer-names.js';
import { type StripGroup, viewOf } from './state/strip-groups.js';
import { FLAGS } from './state/view-state.js';

export function area(height: number, width: number): string {
  return height === width ? `${height}²` : `${height}×${width}`;
}

/** Two short lines about a layer without a thumbnail. */
export function otherText(layer: LayerDescription): readonly [string, ReactNode] {
  const [channels, height, width] = layer.outputShape;
  switch (layer.type) {
    case 'maxPool2d':
      return ['max pool', layer.kernel.join('×')];
    case 'avgPool2d':
      return ['mean pool', layer.kernel.join('×')];
    case 'adaptiveAvgPool2d':
      return height === 1 && width === 1 ? ['global', 'mean'] : ['mean', area(height, width)];
    case 'adaptiveMaxPool2d':
      return ['max', area(height, width)];
    case 'add':
      return [addName(layer), layer.activation === 'relu' ? 'ReLU' : ''];
    case 'dense':
      return [layer.name, fromTo(layer.inFeatures, layer.outFeatures)];
    case 'batchNorm2d':
      return ['norm', String(channels)];
    case 'activation':
      return [ACTIVATION_NAMES[layer.kind], ''];
    case 'prelu':
      return ['PReLU', ''];
    case 'softmax':
      return ['softmax', String(channels)];
    case 'logSoftmax':
      return ['log-softmax', String(channels)];
    case 'groupNorm':
      return ['norm', `${plural(layer.groups, 'group')}`];
    case 'layerNorm':
      return ['layer norm', String(channels)];
    case 'multiply':
      return ['multiply', ''];
    case 'divide':
      return ['divide', ''];
    case 'maximum':
    case 'minimum':
      return [layer.type, ''];
    case 'scale':
      return ['scale', formatShort(layer.factor)];
    case 'reduce':
      return [`${layer.of} of`, layer.over];
    case 'pad':
      return [layer.sides.every((side) => side <= 0) ? 'crop' : 'pad', area(height, width)];
    case 'slice':
      return ['channels', `${layer.first}–${layer.first + channels - 1}`];
    case 'pixelShuffle':
      return ['pixel shuffle', area(height, width)];
    case 'pixelUnshuffle':
      return ['unshuffle', area(height, width)];
    case 'channelShuffle':
      return ['shuffle', plural(layer.groups, 'group')];
    case 'upsample':
      return ['upsample', area(height, width)];
    case 'concat':
      return ['concat', String(channels)];
    case 'flatten':
      return ['flatten', String(channels)];
    case 'conv2d':
    case 'convTranspose2d':
      return [layer.name, fromTo(layer.inChannels, layer.outChannels)];
    case 'dropout':
      return ['dropout', ''];
    case 'other':
      return [layer.kind ?? layer.name, ''];
  }
}

function addName({ factors }: LayerOf<'add'>): string {
  return factors?.join() === '1,-1' ? 'subtract' : 'add';
}

function fromTo(from: number, to: number): ReactNode {
  return (
    <>
      {from}
      <Arrow />
      {to}
    </>
  );
}

/** A layer whose maps are not in the log. They can be shown if they follow from those that are. */
export function OtherTile(props: {
  readonly layer: LayerDescription;
  readonly view: LayerView | undefined;
  readonly current: boolean;
}) {
  const app = useRunPage();
  const { layer, view, current } = props;
  const [first, second] = otherText(layer);
  const text = (
    <span className="micro" style={{ textAlign: 'center' }}>
      {first}
      <br />
      {second}
    </span>
  );
  if (view === undefined) {
    return (
      <div
        className="layer-tile aside only-wide"
        title={`${layer.name}: the log does not hold what its maps are computed from`}
      >
        {text}
      </div>
    );
  }
  return (
    <button
      type="button"
      className="layer-tile aside"
      title={`${layer.name}, computed`}
      aria-label={`${layer.name}, computed`}
      aria-current={current ? 'true' : undefined}
      data-layer={layer.name}
      onClick={() => app.selectLayer(layer.name)}
    >
      {text}
    </button>
  );
}

/** A block of layers that is folded. Choosing it opens it at its first layer. */
export function GroupTile({ group }: { readonly group: StripGroup }) {
  const app = useRunPage();
  const first = group.items.map(viewOf).find((view) => view !== undefined);
  const text = (
    <span>
      <span className="small medium layer-text">{group.name}</span>
      <span className="micro layer-text">{plural(group.items.length, 'layer')}</span>
      <GroupBadges group={group} />
    </span>
  );
  if (first === undefined) return <div className="layer-tile aside only-wide">{text}</div>;
  return (
    <button
      type="button"
      className="layer-tile group"
      title={`${group.items[0]!.layer.name} to ${group.items.at(-1)!.layer.name}`}
      aria-expanded={false}
      data-group={group.name}
      onClick={() => app.selectLayer(first.name)}
    >
      {text}
      <Icon name="right" />
    </button>
  );
}

/** How many channels of the folded layers have a condition in their newest capture. */
function GroupBadges({ group }: { readonly group: StripGroup }) {
  const app = useRunPage();
  const byLayer = useStoreValue(app.frames.history.health);
  const counts = FLAGS.flatMap((flag) => {
    let count = 0;
    for (const { layer } of group.items) {
      const health = byLayer.get(layer.name);
      const last = health?.steps.at(-1);
      count += healthAt(health, last).filter(({ conditions }) => conditions.includes(flag)).length;
    }
    return count > 0 ? [[flag, count] as const] : [];
  });
  return (
    <span className="badges">
      <FlagCounts counts={counts} />
    </span>
  );
}
