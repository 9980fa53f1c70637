import type { CaptureSummary } from '@convscope/shared/channels/capture-summary.js';
import { encodeHistoryRow } from '@convscope/shared/protocol/history.js';
import { conv2dDescription } from '@convscope/shared/testing/run-start.js';
import { expect, test } from 'vitest';
import type { RunData } from '../../../runs/run-data.js';
import type { Source } from '../../../sources/source.js';
import { HealthKeeper } from './health-keeper.js';
import type { LayerView } from './layers.js';
import type { Target } from './target.js';

/** One channel that is 0 everywhere. */
const silent: CaptureSummary = {
  ...{ step: 0, channels: 1, pictures: 4, isSingle: false, duplicates: [], nonFinite: new Uint32Array(1) },
  range: { min: 0, max: 0, absolute: 0, positive: 0 },
  min: Float32Array.of(0),
  max: Float32Array.of(0),
};

test('a layer is judged again when a user says what it does', async () => {
  const source = {
    connection: { status: 'connected' },
    histories: async () => [encodeHistoryRow(silent)],
  };
  const keeper = new HealthKeeper({ source: source as unknown as Source, changed: () => undefined });
  const data = { run: 'a', generation: 1, blob: () => ({ rows: 1, row: () => ({ replacesFrom: 0 }) }) };
  const plain: LayerView = {
    name: 'z',
    description: undefined,
    output: { tag: 'z/output', kind: 'tensor' },
    outputRole: 'output',
    ...{ input: undefined, weight: undefined, bias: undefined, gradient: undefined },
  };
  const conditions = (layer: LayerView) => {
    const target = { data: data as unknown as RunData, layer, layers: [layer], isLive: false };
    keeper.want(target as unknown as Target);
    keeper.publish(target as unknown as Target);
    return [...(keeper.health.get().get('z')?.intervals.values() ?? [])]
      .flat()
      .map(({ condition }) => condition);
  };
  conditions(plain);
  await new Promise((resolve) => setTimeout(resolve));
  expect(conditions(plain)).toEqual(['dead']);
  const described = { ...plain, description: { ...conv2dDescription({ name: 'z' }), activation: 'none' } };
  expect(conditions(described as LayerView)).toEqual(['constant']);
  expect(conditions(plain)).toEqual(['dead']);
});
