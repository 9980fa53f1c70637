import { expect, test } from 'vitest';
import {
  accuracyTags,
  curveTag,
  isStandIn,
  lacksTag,
  lossTagOf,
  smoothingOf,
  USUAL_SMOOTHING,
} from './curves.js';

/** A run that logs these scalars; convscope's trainer begins its own with a record of their meaning. */
const run = (scalarTags: string[], isOurs = false) => ({
  scalarTags,
  isComplete: true,
  tagsOfKind: (kind: string) => (isOurs && kind === 'run-start' ? ['convscope/run_start'] : []),
});

test('a learning rate and a few points are not smoothed unless that is asked for', () => {
  for (const tag of [
    'train/learning_rate',
    'lr',
    'lr-Adam',
    'train/lr_group0',
    'epoch_learning_rate',
    'learningRate',
    'LR',
  ])
    expect(smoothingOf(tag, 1000, undefined), tag).toBe(0);
  for (const tag of ['train/loss', 'Loss/Valid', 'val_acc', 'also', 'walrus/count'])
    expect(smoothingOf(tag, 1000, undefined), tag).toBe(USUAL_SMOOTHING);
  expect(smoothingOf('train/loss', 19, undefined)).toBe(0);
  expect(smoothingOf('train/loss', 20, undefined)).toBe(USUAL_SMOOTHING);
  expect(smoothingOf('train/loss', 20, undefined, 0.6)).toBe(0.6);
  expect(smoothingOf('lr', 1000, undefined, 0.6)).toBe(0);
  expect(smoothingOf('lr', 5, 0.9)).toBe(0.9);
  expect(smoothingOf('train/loss', 1000, 0)).toBe(0);
});

test('the curve is the one that is asked for, even if the run lacks it', () => {
  expect(curveTag(run(['MAE']), 'lr', undefined)).toBe('lr');
  expect(curveTag(run(['loss', 'lr']), 'lr', 'loss')).toBe('lr');
});

test('a scalar that was preferred in another run is drawn where it is logged', () => {
  expect(curveTag(run(['loss', 'lr']), undefined, 'lr')).toBe('lr');
  expect(curveTag(run(['loss']), undefined, 'lr')).toBe('loss');
});

test('without a loss the first scalar that was logged stands in for it, until one is chosen', () => {
  expect(curveTag(run(['MAE', 'lr']), undefined, undefined)).toBe('MAE');
  expect(curveTag(run([]), undefined, undefined)).toBeUndefined();
  expect(isStandIn(run(['MAE', 'lr']), undefined, undefined)).toBe(true);
  for (const [tags, asked, preferred] of [
    [['MAE', 'lr'], 'MAE', undefined],
    [['MAE', 'lr'], undefined, 'lr'],
    [['MAE', 'loss'], undefined, undefined],
    [[], undefined, undefined],
  ] as const)
    expect(isStandIn(run([...tags]), asked, preferred)).toBe(false);
});

test('a run is said to lack a scalar, or a loss, only when its log was read to its end', () => {
  const [read, unread] = [run(['MAE']), { ...run(['MAE']), isComplete: false }];
  expect([lacksTag(read, 'lr'), lacksTag(unread, 'lr')]).toEqual([true, false]);
  expect([lacksTag(read, 'MAE'), lacksTag(read, undefined)]).toEqual([false, false]);
  expect([isStandIn(read, undefined, undefined), isStandIn(unread, undefined, undefined)]).toEqual([
    true,
    false,
  ]);
});

test('our own run has its own loss, before it is logged', () => {
  expect(curveTag(run(['test/loss'], true), undefined, undefined)).toBe('train/loss');
  expect(lossTagOf(run([], true))).toBe('train/loss');
  expect(lossTagOf(run(['test/loss']))).toBe('test/loss');
});

test('only our own accuracies are known to be fractions', () => {
  expect(accuracyTags(run(['test/accuracy'], true))).toEqual({
    train: 'train/accuracy',
    test: 'test/accuracy',
  });
  for (const tag of ['val_acc', 'epoch_accuracy', 'robot/acceleration', 'test/accuracy'])
    expect(accuracyTags(run([tag]))).toEqual({});
});
