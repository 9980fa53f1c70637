import type { ScalarsLayout } from '@convscope/shared/event-log/scalars-layout.js';
import { expect, test } from 'vitest';
import { cardsOf } from './cards.js';
import { categoriesOf } from './layout-cards.js';

const TAGS = ['loss/train', 'loss/test', 'my/loss/train', 'low', 'high'];

function layoutOf(...patterns: readonly string[]): ScalarsLayout {
  return [{ title: 'fit', isClosed: false, charts: [{ title: 'both', patterns, margins: [] }] }];
}

function cardOf(...patterns: readonly string[]) {
  return categoriesOf(layoutOf(...patterns), TAGS)[0]!.cards[0]!;
}

test('a chart draws the tags that its expressions match from the beginning on, in their order and each once', () => {
  expect(cardOf('loss/te', 'loss/.*').tags).toEqual(['loss/test', 'loss/train']);
  expect(cardOf('LOSS').tags).toEqual([]);
  expect(cardOf('.*loss/train$').tags).toEqual(['loss/train', 'my/loss/train']);
});

test('a chart says what is not as the layout has it', () => {
  expect(cardOf('loss/.*').chart?.note).toBeUndefined();
  expect(cardOf('acc', 'top5').chart?.note).toBe('No tag of the drawn runs matches acc, top5.');
  expect(cardOf('loss/train', '(a').chart?.note).toMatch(/^\(a is no regular expression that can be used/);
  expect(cardOf('loss/train', '(a').tags).toEqual(['loss/train']);
});

test('expressions that take too long end, and say so', () => {
  const many = Array.from({ length: 4000 }, (_, at) => `(?:a?){300}b${at}`);
  const long = Array.from({ length: 20 }, () => 'a'.repeat(900));
  const [card] = categoriesOf(layoutOf(...many), long)[0]!.cards;
  expect(card?.chart?.note).toBe('The expressions of this layout take too long.');
});

test('a chart of margins draws those whose value is logged', () => {
  const margins = [
    { value: 'loss/train', lower: 'low', upper: 'high' },
    { value: 'gone', lower: 'low', upper: 'high' },
  ];
  const [category] = categoriesOf(
    [{ title: 'fit', isClosed: true, charts: [{ title: 'spread', patterns: [], margins }] }],
    TAGS,
  );
  expect(category).toMatchObject({ title: 'fit', isClosed: true });
  expect(category?.cards[0]).toMatchObject({
    tags: ['loss/train', 'low', 'high'],
    chart: { margins: [margins[0]], note: 'No drawn run has logged gone.' },
  });
});

test('charts have names of their own, whatever tags there are', () => {
  const chart = { title: 'a', patterns: ['low'], margins: [] };
  const [category] = categoriesOf([{ title: 'c', isClosed: false, charts: [chart, chart] }], ['low', 'c: a']);
  expect(category?.cards.map(({ id }) => id)).toEqual(['c: a (2)', 'c: a (3)']);
});

test('charts are filtered by their title and tags, and can be pinned', () => {
  const categories = categoriesOf(layoutOf('loss/.*'), TAGS);
  const choice = { filter: '', pinned: [], together: [], categories };
  const idsOf = (cards: ReturnType<typeof cardsOf>) =>
    cards.categories.flatMap((category) => category.cards.map(({ id }) => id));
  expect(idsOf(cardsOf(TAGS, choice))).toEqual(['fit: both']);
  expect(idsOf(cardsOf(TAGS, { ...choice, filter: 'BOTH' }))).toEqual(['fit: both']);
  expect(idsOf(cardsOf(TAGS, { ...choice, filter: 'test' }))).toEqual(['fit: both']);
  expect(idsOf(cardsOf(TAGS, { ...choice, filter: '^low' }))).toEqual([]);
  const pinned = cardsOf(TAGS, { ...choice, pinned: ['fit: both', 'low'] });
  expect(pinned.pinned.map(({ id }) => id)).toEqual(['fit: both', 'low']);
  expect(pinned.categories).toEqual([]);
});
