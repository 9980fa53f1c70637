import { expect, test } from 'vitest';
import { inheritedConfigs } from './inherited-configs.js';

const run = (name: string, config?: Record<string, number>) =>
  config === undefined ? { run: name } : { run: name, config };
const inherited = (...runs: readonly ReturnType<typeof run>[]) =>
  Object.fromEntries(inheritedConfigs(runs, new Map()));

test('the curves of Keras, below the run that states the hyperparameters, have them too', () => {
  const found = inherited(run('a', { lr: 1 }), run('a/train'), run('a/validation'), run('b/train'));
  expect(found).toEqual({ 'a/train': { lr: 1 }, 'a/validation': { lr: 1 } });
  expect(inherited(run('.', { lr: 2 }), run('train'))).toEqual({ train: { lr: 2 } });
});

test('the curves of torch, above the run that add_hparams makes, have its hyperparameters', () => {
  expect(inherited(run('a'), run('a/1700000000.5', { lr: 3 }))).toEqual({ a: { lr: 3 } });
});

test('a run above several sessions has the hyperparameters of none', () => {
  expect(inherited(run('sweep'), run('sweep/0', { lr: 1 }), run('sweep/1', { lr: 2 }))).toEqual({});
});

test('a run that states some inherits none', () => {
  expect(inherited(run('a', { lr: 1 }), run('a/b', { seed: 2 }))).toEqual({});
});

test('values that the list cuts are inherited whole', () => {
  const whole = new Map([['a', { lr: 1, long: 7 }]]);
  expect(inheritedConfigs([run('a', { lr: 1 }), run('a/train')], whole).get('a/train')).toEqual({
    lr: 1,
    long: 7,
  });
});
