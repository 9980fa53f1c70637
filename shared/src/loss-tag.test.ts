import { expect, test } from 'vitest';
import { lossTag } from './loss-tag.js';

test('the loss is found under the names that people give it', () => {
  for (const tag of [
    'train/loss',
    'loss',
    'Loss/train',
    'Loss/Train',
    'epoch_loss',
    'train_loss',
    'trainLoss',
    'val/loss',
    'loss/G_GAN',
    'Losses/total',
    'train/loss_step',
    'MSELoss',
    'trainLossAvg',
    'lossG',
  ])
    expect(lossTag(['accuracy', tag, 'lr']), tag).toBe(tag);
});

test('a tag that is not a loss is not taken for one', () => {
  for (const tag of ['accuracy', 'lr', 'MAE', 'glossary/size', 'robot/acceleration', 'closs_talk', ''])
    expect(lossTag([tag]), tag).toBeUndefined();
  expect(lossTag([])).toBeUndefined();
});

test('of several, the loss in training comes first, whatever their order', () => {
  const sets: readonly (readonly [string, ...string[]])[] = [
    ['train/loss', 'test/loss', 'loss'],
    ['loss', 'val_loss'],
    ['Loss/Train', 'Loss/Valid', 'Acc/Valid'],
    ['train_loss', 'Loss/valid', 'eval/loss'],
    ['epoch_loss', 'evaluation_loss_vs_iterations'],
    ['loss/a', 'loss/b', 'loss/c'],
  ];
  for (const [first, ...rest] of sets) {
    const tags = [first, ...rest];
    for (let turn = 0; turn < tags.length; turn++)
      expect(lossTag([...tags.slice(turn), ...tags.slice(0, turn)])).toBe(first);
    expect(lossTag(tags.toReversed())).toBe(first);
  }
});
