import type { LayerDescription, ModelDescription } from '@convscope/shared/run-description.js';
import { conv2dDescription } from '@convscope/shared/testing/run-start.js';
import { describe, expect, test } from 'vitest';
import { describedLayers } from './described-layers.js';
import type { LayerView } from './layers.js';
import { recipeText } from './recipes.js';
import type { TagLookup } from './tag-ref.js';

const shape = [1, 32, 32] as const;
const add = (name: string, ...inputs: string[]): LayerDescription => ({
  type: 'add',
  name,
  inputs,
  activation: 'relu',
  outputShape: shape,
});
const norm = (name: string, input: string): LayerDescription => ({
  type: 'batchNorm2d',
  name,
  inputs: [input],
  eps: 1e-5,
  affine: true,
  outputShape: shape,
});

function model(...layers: LayerDescription[]): ModelDescription {
  return { name: 'net', parameters: 0, inputShape: shape, layers };
}

/** Tags as `tag` for our own maps, and `tensor:tag` for tensors. */
function tagged(...names: string[]): TagLookup {
  return { has: (tag, kind) => names.includes(kind === 'channels' ? tag : `tensor:${tag}`) };
}

function viewsOf(net: ModelDescription, tags: TagLookup): Record<string, LayerView | undefined> {
  return Object.fromEntries(
    describedLayers(net, tags).map((item) => [
      item.layer.name,
      item.type === 'layer' ? item.layer : item.view,
    ]),
  );
}

/** What is said of where the maps of each layer come from. */
function textsOf(net: ModelDescription, tags: TagLookup): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(viewsOf(net, tags)).map(([name, view]) => [
      name,
      view && (view.walk?.computed === undefined ? view.output.tag : recipeText(view.walk.computed)),
    ]),
  );
}

test('layers that depend on running averages are those behind a batch norm, whether its maps are in the log or not', () => {
  const net = model(
    conv2dDescription({ name: 'stem', inputs: ['input'] }),
    norm('norm', 'stem'),
    conv2dDescription({ name: 'conv', inputs: ['norm'] }),
    conv2dDescription({ name: 'shortcut', inputs: ['stem'] }),
    add('join', 'shortcut', 'conv'),
  );
  const tags = tagged(...['stem', 'conv', 'shortcut', 'join'].map((name) => `${name}/preactivation`));
  const views = Object.values(viewsOf(net, tags)).filter((view) => view !== undefined);
  expect(views.filter((view) => view.hasRunningAverages).map(({ name }) => name)).toEqual(['conv', 'join']);
});

describe('the layers of a described net', () => {
  const block = model(
    conv2dDescription({ name: 'stem', inputs: ['input'] }),
    conv2dDescription({ name: 'conv', inputs: ['stem'], activation: 'none' }),
    add('join', 'stem', 'conv'),
    {
      type: 'maxPool2d',
      name: 'pool',
      inputs: ['join'],
      kernel: [2, 2],
      stride: [2, 2],
      padding: [0, 0],
      dilation: [1, 1],
      ceilMode: false,
      outputShape: [1, 16, 16],
    },
  );

  test('have their maps from the log, or computed from those that are in the log', () => {
    expect(textsOf(block, tagged('tensor:probes/input', 'stem/preactivation', 'conv/preactivation'))).toEqual(
      {
        stem: 'stem/preactivation',
        conv: 'conv/preactivation',
        join: 'computed from stem’s and conv’s maps',
        pool: 'computed from stem’s and conv’s maps',
      },
    );
  });

  test('have them from what the next layer reads, where only that is logged', () => {
    expect(textsOf(block, tagged('pool/input', 'stem/preactivation'))).toMatchObject({
      join: 'pool/input',
      pool: 'computed from join’s maps',
      conv: undefined,
    });
  });

  test('have none where a part of what is needed is not in the log', () => {
    const { join, pool, conv } = viewsOf(block, tagged('stem/preactivation'));
    expect([join, pool, conv]).toEqual([undefined, undefined, undefined]);
  });

  test('read what the log holds of their inputs, and name what it does not hold', () => {
    const { join } = viewsOf(block, tagged('pool/input', 'stem/preactivation'));
    expect(join?.walk?.inputs.map(({ name, recipe }) => [name, recipe && recipeText(recipe)])).toEqual([
      ['stem', 'stem’s maps after ReLU'],
      ['conv', undefined],
    ]);
  });

  test('that PyTorch logged as tensors are found by the same names', () => {
    const net = model(
      conv2dDescription({ name: 'layer1.0.conv1', inputs: ['input'], activation: 'none' }),
      norm('layer1.0.bn1', 'layer1.0.conv1'),
    );
    const logged = tagged(
      'tensor:layer1.0.conv1/input',
      'tensor:layer1.0.conv1/output',
      'tensor:layer1.0.conv1/weight',
      ...['weight', 'bias', 'running_mean', 'running_var'].map((name) => `tensor:layer1.0.bn1/${name}`),
    );
    const views = viewsOf(net, logged);
    expect(views['layer1.0.conv1']).toMatchObject({
      output: { tag: 'layer1.0.conv1/output', kind: 'tensor' },
      input: { tag: 'layer1.0.conv1/input', kind: 'tensor' },
      weight: { tag: 'layer1.0.conv1/weight' },
    });
    expect(views['layer1.0.bn1']?.walk?.sources.map(({ tag }) => tag)).toEqual([
      'layer1.0.conv1/output',
      'layer1.0.bn1/weight',
      'layer1.0.bn1/bias',
      'layer1.0.bn1/running_mean',
      'layer1.0.bn1/running_var',
    ]);
  });

  test('are not computed without their parameters', () => {
    const net = model(conv2dDescription({ name: 'conv', inputs: ['input'] }), norm('norm', 'conv'));
    expect(viewsOf(net, tagged('conv/preactivation', 'tensor:norm/weight'))['norm']).toBeUndefined();
  });

  test('are not computed through more than 16 others', () => {
    const drops = Array.from(
      { length: 20 },
      (_, index): LayerDescription => ({
        type: 'dropout',
        name: `${index}`,
        inputs: [index === 0 ? 'input' : `${index - 1}`],
        outputShape: shape,
      }),
    );
    const views = viewsOf(model(...drops), tagged('tensor:probes/input'));
    expect([views['15']?.name, views['16']]).toEqual(['15', undefined]);
  });
});
