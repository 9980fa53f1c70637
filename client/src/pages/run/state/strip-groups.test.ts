import type { LayerDescription } from '@convscope/shared/run-description.js';
import { expect, test } from 'vitest';
import type { StripItem } from '../frames/layers.js';
import { foldStrip } from './strip-groups.js';

function strip(names: readonly string[]): StripItem[] {
  return names.map((name) => {
    const layer: LayerDescription = { type: 'other', name, inputs: [], outputShape: [1, 1, 1] };
    return { type: 'other', layer, view: undefined };
  });
}

function folded(names: readonly string[], chosen: string): string[] {
  return foldStrip(strip(names), chosen).map((entry) =>
    entry.type === 'group' ? `${entry.name} (${entry.items.length})` : entry.layer.name,
  );
}

/** The layers of torchvision's ResNet-18, in their order. */
const block = (name: string, hasShortcut: boolean) => [
  ...['conv1', 'bn1', 'relu', 'conv2', 'bn2'].map((part) => `${name}.${part}`),
  ...(hasShortcut ? [`${name}.downsample.0`, `${name}.downsample.1`] : []),
  `${name}.add`,
];
const resnet18 = [
  ...['conv1', 'bn1', 'relu', 'maxpool'],
  ...[1, 2, 3, 4].flatMap((n) => [...block(`layer${n}.0`, n > 1), ...block(`layer${n}.1`, false)]),
  ...['avgpool', 'flatten', 'fc'],
];

test('a short net is shown as it is', () => {
  expect(folded(['conv1', 'block1.conv', 'block1.relu', 'fc'], 'conv1')).toEqual([
    'conv1',
    'block1.conv',
    'block1.relu',
    'fc',
  ]);
});

test('of a ResNet-18 the block with the chosen layer is open', () => {
  expect(resnet18).toHaveLength(61);
  const [stem, end] = [
    ['conv1', 'bn1', 'relu', 'maxpool'],
    ['avgpool', 'flatten', 'fc'],
  ];
  expect(folded(resnet18, 'conv1')).toEqual([
    ...stem,
    'layer1 (12)',
    'layer2 (14)',
    'layer3 (14)',
    'layer4 (14)',
    ...end,
  ]);
  expect(folded(resnet18, 'layer1.1.relu')).toEqual([
    ...stem,
    ...block('layer1.0', false),
    ...block('layer1.1', false),
    'layer2 (14)',
    'layer3 (14)',
    'layer4 (14)',
    ...end,
  ]);
});

test('a long block is folded into its own blocks', () => {
  const names = Array.from({ length: 36 }, (_, index) => block(`layer3.${index}`, false)).flat();
  const shown = folded(['conv1', ...names], 'layer3.7.conv2');
  expect(shown).toHaveLength(1 + 35 + 6);
  expect(shown.slice(7, 10)).toEqual(['layer3.6 (6)', 'layer3.7.conv1', 'layer3.7.bn1']);
});
