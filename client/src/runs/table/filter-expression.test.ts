import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FilterError, holds, orderProblem, parseExpression, type Reference } from './filter-expression.js';
import type { Value } from './filter-values.js';

const VALUES: Readonly<Record<string, Value>> = {
  lr: 0.01,
  optimizer: 'adam',
  loss: 0.4,
  'val/loss': 0.6,
  'min val/loss': 0.2,
  'learning rate': 3,
  rate: Math.fround(0.001),
  amp: true,
  note: 'crop and mirror',
  'val/acc': Number.NaN,
  worst: 'Infinity',
  least: Number.NEGATIVE_INFINITY,
};
const lookUp = ({ name, of }: Reference): Value => VALUES[of === undefined ? name : `${of} ${name}`];
const result = (text: string) => holds(parseExpression(text), lookUp, ['sweep/adam-1e-2', 'the best']);

describe('an expression', () => {
  test.each([
    ['lr>1e-3 && loss<0.5', true],
    ['lr>1e-3 && loss<0.3', false],
    ['lr > 1 || loss<.5', true],
    ['lr>1e-3 loss<0.5', true],
    ['lr>1e-3, loss<0.3', false],
    ['lr>1 or optimizer=adam and loss<0.5', true],
    ['(lr>1 or optimizer==adam) and loss>0.5', false],
    ['!(lr>1)', true],
    ['not optimizer=sgd', true],
    ['!optimizer=adam', false],
    ['optimizer!=sgd', true],
    ['min(val/loss) <= 0.2', true],
    ['MIN( "val/loss" )<0.1', false],
    ['"learning rate" = 3', true],
    ['`learning rate`>3', false],
    ["note='crop and mirror'", true],
    ['note~^crop', true],
    ['note=~mirror$', true],
    ['note!~crop', false],
    ['amp=true', true],
    ['amp=1', false],
    ['optimizer=a"b', false],
    ['adam && lr>0', true],
    ['sgd && lr>0', false],
    ['best lr>0', true],
    ['(lr>0)', true],
    ['((optimizer=adam))', true],
    ['(optimizer=adam)&&(loss<1)', true],
    // Logs hold most scalars as float32: 0.001 there is the nearest to it.
    ['rate=1e-3', true],
    ['rate>1e-3', false],
    ['rate>=1e-3 && rate<=0.001', true],
    ['rate<1e-3 || rate!=1e-3', false],
    ['rate>0.0009999', true],
    ['lr=0.01 && lr>=1e-2', true],
    ['lr=0.010000000001', false],
    ['lr>1e−3 && lr>−1', true],
    // As CSV writes them, and as the page shows them.
    ...['nan', 'NaN', 'NAN'].flatMap((text): [string, boolean][] => [
      [`val/acc=${text}`, true],
      [`val/acc!=${text}`, false],
      [`lr!=${text}`, true],
      [`note=${text}`, false],
    ]),
    ...['inf', '+inf', 'Inf', 'infinity', '∞', '+∞'].flatMap((text): [string, boolean][] => [
      [`worst=${text}`, true],
      [`worst>=${text} && lr<${text}`, true],
      [`least=${text}`, false],
      [`val/acc=${text}`, false],
    ]),
    ...['-inf', '-Infinity', '−∞', '-∞'].flatMap((text): [string, boolean][] => [
      [`least=${text}`, true],
      [`worst>${text}`, true],
    ]),
    // The nearest float32 of this is infinite.
    ['worst=1e39', false],
    ['worst>1e39', true],
  ])('%s is %s', (text, expected) => {
    expect(result(text)).toBe(expected);
  });

  test.each([
    ['momentum>0', undefined],
    ['!(momentum>0)', undefined],
    ['momentum>0 && lr>1', false],
    ['momentum>0 || lr>0', true],
  ])('with a value that the run lacks, %s is %s', (text, expected) => {
    expect(result(text)).toBe(expected);
  });
});

test.each([
  ['lr>', 'A value is missing after > (after lr>).'],
  ['lr>1 &&', 'The filter ends where a name is expected (after lr>1 &&).'],
  ['(lr>1', 'The parenthesis at character 1 of the filter is not closed.'],
  ['lr>1)', null],
  ['(lr>1))', ') at character 7 of the filter does not belong there.'],
  ['lr><1', '<1 at character 4 of the filter stands where a value is expected.'],
  ['>1', '>1 at character 1 of the filter stands where a name is expected.'],
  ['name="a', 'The quotation mark at character 6 of the filter is not closed.'],
  ['min()>1', 'min( needs the tag of a scalar and a closing parenthesis, as in min(loss).'],
  ['min(loss)', 'min(loss) is compared with nothing.'],
  ['name~[', null],
  ['lr>1 & loss<1', '& at character 6 of the filter stands where a name is expected.'],
  [`${'('.repeat(100)}a=1`, 'The filter has more than 50 levels.'],
])('%s is refused with a sentence', (text, sentence) => {
  if (sentence === null) {
    // The value takes what belongs to no parenthesis of the filter.
    if (text === 'lr>1)') expect(result(text)).toBe(false);
    else expect(() => parseExpression(text)).toThrow(FilterError);
    return;
  }
  expect(() => parseExpression(text)).toThrow(sentence);
});

test.each([
  ['lr>abc', 'abc after lr> is not a number: write one such as 1000, 1e-3 or inf.'],
  ['lr>0 && !(lr<=1e)', '1e after lr<= is not a number: write one such as 1000, 1e-3 or inf.'],
  ['lr>1,000', '1,000 after lr> is not a number: write one such as 1000, 1e-3 or inf.'],
  ['min(loss)<nan', 'nan after min(loss)< is not a number: write one such as 1000, 1e-3 or inf.'],
  ['lr>-inf && lr<1,5', '1,5 after lr< is not a number: write one such as 1000, 1e-3 or inf.'],
  ['lr>-inf || lr=abc || note~abc || abc', undefined],
])('what is compared by order is a number: %s', (text, sentence) => {
  expect(orderProblem(parseExpression(text))).toBe(sentence);
});

test('any text is an expression or is refused with a sentence, at once', () => {
  const piece = fc.constantFrom(
    ...[
      'lr',
      '>',
      '<=',
      '=',
      '!',
      '(',
      ')',
      '&&',
      '||',
      ',',
      ' ',
      '"',
      "'",
      '`',
      'min(',
      'and',
      'or',
      '1e-3',
      '~',
      '\\',
      '&',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        holds(parseExpression(given), lookUp, ['a']);
      } catch (error) {
        expect(error).toBeInstanceOf(FilterError);
        expect(String(error)).toMatch(/[.]$/);
      }
    }),
    { numRuns: 2000 },
  );
});
