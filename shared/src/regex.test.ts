import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matching, Regex } from './regex.js';

const LETTERS = [...'abAB_1 /.\n'];
const atom = fc.constantFrom(
  ...[
    'a',
    'b',
    'B',
    '.',
    '1',
    '/',
    '\\.',
    '\\d',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '[ab]',
    '[^a]',
    '[a-b1]',
    '[^\\w.]',
  ],
  ...['\\x61', '[\\d_-]', '\\n', '{', '}', ']', '\\/'],
);
const repeats = fc.constantFrom('*', '+', '?', '*?', '+?', '{2}', '{1,3}', '{0,2}?', '{1,}');
/** Expressions in which groups are repeated, or only what takes a character. */
const patterns = (repeatsGroups: boolean) =>
  fc.letrec<{ pattern: string; part: string; sequence: string }>((tie) => {
    const group = tie('pattern').map((inner) => `(?:${inner})`);
    return {
      part: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.tuple(tie('pattern'), fc.constantFrom('(?:', '(')).map(([inner, open]) => `${open}${inner})`),
        fc.tuple(repeatsGroups ? fc.oneof(atom, group) : atom, repeats).map((both) => both.join('')),
        fc.constantFrom('^', '$', '\\b', '\\B'),
      ),
      sequence: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
      pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
    };
  }).pattern;
const text = fc.array(fc.constantFrom(...LETTERS), { maxLength: 10 }).map((letters) => letters.join(''));

describe('a regular expression', () => {
  it("matches what JavaScript's own matches", () => {
    fc.assert(
      fc.property(patterns(true), text, fc.boolean(), (source, subject, ignoreCase) => {
        const flags = ignoreCase ? 'i' : '';
        expect(new Regex(source, { ignoreCase }).test(subject)).toBe(new RegExp(source, flags).test(subject));
        expect(new Regex(source, { ignoreCase, fromStart: true }).test(subject)).toBe(
          new RegExp(`^(?:${source})`, flags).test(subject),
        );
      }),
      { numRuns: 500 },
    );
  });

  // Of repeated groups that match nothing, JavaScript's own leaves out rounds, as no other engine does.
  it('matches at the same place', () => {
    fc.assert(
      fc.property(patterns(false), text, (source, subject) => {
        const own = new RegExp(source).exec(subject);
        expect(new Regex(source).exec(subject)).toEqual(own === null ? undefined : [...own]);
      }),
      { numRuns: 500 },
    );
  });

  it('gives its groups by number and by name, as Python writes them too', () => {
    expect(new Regex('^(.*)_s(\\d+)?').exec('lr1_s3')).toEqual(['lr1_s3', 'lr1', '3']);
    expect(new Regex('(a)|(b)').exec('b')).toEqual(['b', undefined, 'b']);
    const named = new Regex('(?P<layer>.*)/(?<role>w|b)$');
    expect([...(named.named('conv1/w') ?? [])]).toEqual([
      ['layer', 'conv1'],
      ['role', 'w'],
    ]);
    expect(named.named('conv1')).toBeUndefined();
    expect(new Regex('a$').test('a'.repeat(5000))).toBe(false);
    expect(new Regex('(?i)\\ALOSS\\Z').test('loss')).toBe(true);
  });

  it('takes a bounded time where backtracking would take hours', () => {
    const long = `${'a'.repeat(900)}!`;
    for (const source of ['^(a+)+$', '(a*)*$', '(a|a)*$', '(.*)*x', '(?:a?){100}a{100}$', '(.*){1,40}x']) {
      const regex = new Regex(source);
      regex.test(long);
      expect(regex.steps, source).toBeLessThan(2 * 1000 * (long.length + 1));
    }
  });

  it.each([
    ['(a', /has a \( without its \)/],
    ['a)', /has a \) without its \(/],
    ['[a', /has a \[ without its \]/],
    ['*a', /has nothing to repeat, at character 1/],
    ['a**', /repeats a repeat/],
    ['^*', /repeats what takes no character/],
    ['a{3,2}', /limits are in the wrong order/],
    ['[b-a]', /range in the wrong order/],
    ['a\\', /ends with/],
    ['(a)\\1', /refers to a group, which is not taken/],
    ['(?=a)+', /repeats what takes no character/],
    ['(?!a', /has a \( without its \)/],
    ['(?<!a)b', /looks behind or sets flags, which is not taken/],
    ['a{5000}', /too long when its repeats are written out/],
    ['((a{99}){99}){99}', /too long when its repeats are written out/],
    ['a'.repeat(1001), /has 1001 characters, and 1000 are the most/],
  ])('%s is refused with what is wrong', (source, sentence) => {
    expect(() => new Regex(source)).toThrow(sentence);
  });

  it('looks ahead, as in the filter of what does not contain a word', () => {
    const others = new Regex('^(?!.*val)');
    expect(['train/loss', 'val/loss', 'loss/val'].filter((tag) => others.test(tag))).toEqual(['train/loss']);
    expect(new Regex('a(?=b)').exec('acab')).toEqual(['a']);
    expect(new Regex('(?:(?:){999999}){999999}a').test('a')).toBe(true);
  });

  it("looks ahead as JavaScript's own does", () => {
    const ahead = fc.tuple(patterns(false), fc.constantFrom('(?=', '(?!'), patterns(false), patterns(false));
    fc.assert(
      fc.property(ahead, text, ([before, open, inner, after], subject) => {
        const source = `(?:${before})${open}${inner})(?:${after})`;
        expect(new Regex(source).test(subject), source).toBe(new RegExp(source).test(subject));
      }),
      { numRuns: 500 },
    );
  });

  it('gives up a text that takes too long, as only looking ahead can', () => {
    const slow = new Regex('(?:(?=(?:a?){200}b)a|a)*c');
    expect(matching(['a'.repeat(1000)], (item) => [item], slow)).toEqual({ items: [], isCut: true });
    expect(slow.steps).toBeLessThan(2e7);
  });

  it('stops in a list that takes too long, and says so', () => {
    const items = Array.from({ length: 2000 }, () => 'a'.repeat(900));
    const { isCut } = matching(items, (item) => [item], new Regex('(?:a?){300}b'));
    expect(isCut).toBe(true);
    expect(matching(['x/loss', 'acc'], (item) => [item], new Regex('loss$'))).toEqual({
      items: ['x/loss'],
      isCut: false,
    });
  });
});
