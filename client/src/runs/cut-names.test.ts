import { expect, test } from 'vitest';
import { cutNames } from './cut-names.js';

const ROOM = 16;
const measure = (text: string) => text.length;
const cut = (names: readonly string[], room = ROOM) => {
  const { prefix, shown } = cutNames(names, room, measure);
  return { prefix, shown: names.map((name) => shown.get(name)!) };
};
const LONG = 'exp_2026-11-27_resnet50_imagenet_lr0.1_wd1e-4_bs256_aug-randaugment_ema0.9999';

test('names that fit are not touched', () => {
  const names = ['sweep/run00', 'sweep/run01'];
  expect(cut(names)).toEqual({ prefix: '', shown: names });
});

test('what all names begin with is folded, between two words', () => {
  const folds = Array.from({ length: 12 }, (_, k) => `longnames/${LONG}_fold${k}`);
  const { prefix, shown } = cut(folds);
  expect(prefix).toBe(`longnames/${LONG}_`);
  expect(shown).toEqual(folds.map((_, k) => `fold${k}`));
});

test('a folded beginning never ends inside a number', () => {
  expect(cut(['a_long_experiment_lr0.1', 'a_long_experiment_lr0.01']).shown).toEqual(['lr0.1', 'lr0.01']);
  expect(cut(['a_long_experiment_1e-3', 'a_long_experiment_1e-4']).shown).toEqual(['1e-3', '1e-4']);
  expect(cut(['a_long_experiment_run1', 'a_long_experiment_run10']).shown).toEqual(['run1', 'run10']);
});

test('a name that is the beginning of the others keeps something', () => {
  const { prefix, shown } = cut(['long_experiment_name', 'long_experiment_name_2']);
  expect([prefix, shown]).toEqual(['long_experiment_', ['name', 'name_2']]);
});

test('without a common beginning, long names are cut in the middle', () => {
  const folds = Array.from({ length: 12 }, (_, k) => `${LONG}_fold${k}`);
  const { prefix, shown } = cut(['cadence', ...folds]);
  expect(prefix).toBe('');
  expect(shown[0]).toBe('cadence');
  expect(shown[1]).toBe('exp_20…999_fold0');
  expect(new Set(shown).size).toBe(13);
});

test('names that differ in the middle are cut around the difference', () => {
  const names = [0.1, 0.2, 0.05].map((lr) => `resnet50_imagenet_lr${lr}_wd1e-4_bs256_randaugment`);
  const { shown } = cut(['other', ...names]);
  for (const [at, lr] of [0.1, 0.2, 0.05].entries()) expect(shown[at + 1]).toContain(`lr${lr}`);
  expect(Math.max(...shown.map(measure))).toBeLessThanOrEqual(ROOM);
});

test('groups with the same differences stay apart', () => {
  const names = ['alpha', 'beta'].flatMap((group) =>
    [0.1, 0.2].map((lr) => `${group}_imagenet_lr${lr}_wd1e-4_bs256_randaugment`),
  );
  expect(new Set(cut(names, 20).shown).size).toBe(4);
});

test('a sweep of two parameters at different places stays apart', () => {
  const names = [1, 2, 3].flatMap((a) =>
    ['adam', 'sgd'].map((b) => `experiment_of_today_depth${a}_something_long_${b}_and_an_end_that_is_equal`),
  );
  const { shown } = cut(['other', ...names], 28);
  expect(new Set(shown).size).toBe(7);
  expect(Math.max(...shown.map(measure))).toBeLessThanOrEqual(28);
});

test('a sweep of two values whose names fit nowhere shows the values', () => {
  const rates = ['0.000100', '0.000107', '0.0933', '1e-4'];
  for (const [first, second] of [
    ['lr=', 'seed='],
    ['lr', 'seed'],
  ]) {
    const names = rates.flatMap((lr) =>
      [0, 1, 2].map((seed) => `sweep/${first}${lr},bs=64,${second}${seed}`),
    );
    expect(cut(names)).toEqual({
      prefix: 'sweep/',
      shown: rates.flatMap((lr) => [0, 1, 2].map((seed) => `…${lr},…${seed}`)),
    });
  }
  const named = ['adam', 'adamw', 'sgd'].flatMap((name) => [1, 2].map((k) => `opt_${name}_warm_fold${k}`));
  expect(cut(named, 12).shown.slice(0, 4)).toEqual(['adam_…1', 'adam_…2', 'adamw_…1', 'adamw_…2']);
});

test('five hundred names are cut in a moment, in any room', () => {
  const names = Array.from({ length: 500 }, (_, k) => `${LONG}_fold${k % 50}_seed${Math.floor(k / 50)}`);
  const started = performance.now();
  for (const room of [1, 4, 16, 200]) expect(cut(names, room).shown).toHaveLength(500);
  expect(performance.now() - started).toBeLessThan(1000);
  expect(new Set(cut(names).shown).size).toBe(500);
});

test('names that came out equal among different others are cut again', () => {
  const kinds =
    'byte-removed control-undamaged embedded-records empty empty-record flip-data flip-data-crc flip-first-record flip-in-image flip-last flip-length-crc flip-length-large flip-length-shorter flip-length-small flip-two garbage garbage-appended garbage-inserted garbage-text garbage-zeros length-2e40-at-end length-2e40-bad-crc length-2e40-valid-crc length-2e64-1-valid-crc no-file-version not-an-event record-removed record-twice second-file-version text-inserted truncated-at-boundary truncated-in-data truncated-in-data-crc truncated-in-first-record truncated-in-header truncated-in-image truncated-in-length-crc unknown-fields zero-hole zero-tail zero-tail-appended zero-tail-mid-record zero-tail-then-more';
  const names = kinds.split(' ').map((kind) => `damaged/${kind}`);
  for (let room = 12; room < 24; room++)
    expect(new Set(cut([...names, 'torch-scalars', 'tf2-summary'], room).shown).size).toBe(names.length + 2);
});
