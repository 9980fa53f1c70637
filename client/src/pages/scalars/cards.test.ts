import { expect, test } from 'vitest';
import { apart, type CardsChoice, cardsOf, joined, moved } from './cards.js';

const TAGS = ['train/loss', 'lr', 'train/acc', 'val/loss', 'layer10/w', 'layer9/w', '/odd'];
const ALL: CardsChoice = { filter: '', pinned: [], together: [], categories: [] };
const shape = (cards: ReturnType<typeof cardsOf>) =>
  cards.groups.map(({ prefix, cards: some }) => [prefix, some.map(({ tags }) => tags.join('+'))]);

test('cards are grouped by what their tags have before the first slash, and sorted with numbers as numbers', () => {
  expect(shape(cardsOf(TAGS, ALL))).toEqual([
    ['train', ['train/acc', 'train/loss']],
    ['val', ['val/loss']],
    ['', ['/odd', 'lr']],
    ['layer9', ['layer9/w']],
    ['layer10', ['layer10/w']],
  ]);
});

test('groups with a loss come first, also where the loss is pinned or filtered out', () => {
  const tags = ['acc/train', 'acc/val', 'gradient/conv1', 'loss/train', 'loss/val'];
  const prefixes = (choice: Partial<CardsChoice>) =>
    cardsOf(tags, { ...ALL, ...choice }).groups.map(({ prefix }) => prefix);
  expect(prefixes({})).toEqual(['loss', 'acc', 'gradient']);
  expect(prefixes({ pinned: ['loss/train'] })).toEqual(['loss', 'acc', 'gradient']);
  expect(prefixes({ filter: 'val|conv' })).toEqual(['loss', 'acc', 'gradient']);
});

test('a filter is a regular expression in upper or lower case, and what is none is looked for as it is', () => {
  expect(shape(cardsOf(TAGS, { ...ALL, filter: 'LOSS$' }))).toEqual([
    ['train', ['train/loss']],
    ['val', ['val/loss']],
  ]);
  const broken = cardsOf(TAGS, { ...ALL, filter: 'loss(' });
  expect(broken.problem).toMatch(/not a regular expression/);
  expect(broken.groups).toEqual([]);
});

test('pinned cards stand in their order, and not in their group; those that are not logged are left out', () => {
  const cards = cardsOf(TAGS, { ...ALL, pinned: ['val/loss', 'gone', 'lr'] });
  expect(cards.pinned.map(({ id }) => id)).toEqual(['val/loss', 'lr']);
  expect(shape(cards)).toEqual([
    ['train', ['train/acc', 'train/loss']],
    ['', ['/odd']],
    ['layer9', ['layer9/w']],
    ['layer10', ['layer10/w']],
  ]);
});

test('tags that were put together share a card, as far as they are shown', () => {
  const together = [['train/loss', 'val/loss', 'gone']];
  expect(shape(cardsOf(TAGS, { ...ALL, together }))).toContainEqual([
    'train',
    ['train/acc', 'train/loss+val/loss'],
  ]);
  expect(shape(cardsOf(TAGS, { ...ALL, filter: 'val', together }))).toEqual([['val', ['val/loss']]]);
});

test('cards are put together and taken apart', () => {
  const one = joined([], ['a'], ['b']);
  expect(one).toEqual([['a', 'b']]);
  expect(joined(one, ['a', 'b'], ['c'])).toEqual([['a', 'b', 'c']]);
  expect(apart(one, ['b'])).toEqual([]);
});

test('a card is moved to another place', () => {
  expect(moved(['a', 'b', 'c'], 'c', 0)).toEqual(['c', 'a', 'b']);
  expect(moved(['a', 'b', 'c'], 'a', 9)).toEqual(['b', 'c', 'a']);
  expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c']);
});
