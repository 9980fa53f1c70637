/**
 * Reads regular expressions as JavaScript writes them, but for references such as \1, which need backtracking, and lookbehind. Also
 * takes what expressions written for Python have: `(?P<name>…)`, `\A`, `\Z` and a leading `(?i)`.
 */

export type Assertion = 'start' | 'end' | 'word' | 'not word';

export type Expression =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'assertion'; readonly what: Assertion }
  /** Looks ahead without taking a character. Groups in it keep nothing. */
  | { readonly kind: 'look'; readonly part: Expression; readonly isWanted: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'repeat';
      readonly part: Expression;
      readonly least: number;
      /** Infinity without a limit. */
      readonly most: number;
      readonly isLazy: boolean;
    }
  /** Groups are numbered from 1 on. */
  | { readonly kind: 'group'; readonly part: Expression; readonly number: number };

/** Which code units it takes: those of the ranges, or the others. */
export interface CharacterSet {
  readonly ranges: readonly (readonly [first: number, last: number])[];
  readonly isInverted: boolean;
}

export interface ParsedRegex {
  readonly expression: Expression;
  /** By name, the number of the group. */
  readonly names: ReadonlyMap<string, number>;
  readonly groups: number;
  /** Whether it begins with (?i). */
  readonly ignoresCase: boolean;
}

/** The message says what is wrong, and where. */
export class RegexError extends Error {
  override name = 'RegexError';
}

const LONGEST_PATTERN = 1000;
const LAST = 0xffff;
const code = (character: string) => character.charCodeAt(0);
const DIGITS: CharacterSet['ranges'] = [[code('0'), code('9')]];
const WORD: CharacterSet['ranges'] = [
  ...DIGITS,
  [code('A'), code('Z')],
  [code('_'), code('_')],
  [code('a'), code('z')],
];
const SPACE: CharacterSet['ranges'] = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LINE_ENDS: CharacterSet['ranges'] = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];
const CLASSES: ReadonlyMap<string, CharacterSet> = new Map([
  ['d', { ranges: DIGITS, isInverted: false }],
  ['D', { ranges: DIGITS, isInverted: true }],
  ['w', { ranges: WORD, isInverted: false }],
  ['W', { ranges: WORD, isInverted: true }],
  ['s', { ranges: SPACE, isInverted: false }],
  ['S', { ranges: SPACE, isInverted: true }],
]);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['0', 0],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
  ['v', 11],
]);
const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map([
  ['b', 'word'],
  ['B', 'not word'],
  ['A', 'start'],
  ['Z', 'end'],
]);

export function isIn({ ranges, isInverted }: CharacterSet, unit: number): boolean {
  return ranges.some(([first, last]) => unit >= first && unit <= last) !== isInverted;
}

export function isWordUnit(unit: number): boolean {
  return isIn({ ranges: WORD, isInverted: false }, unit);
}

/** @throws RegexError */
export function parseRegex(pattern: string): ParsedRegex {
  if (pattern.length > LONGEST_PATTERN)
    throw new RegexError(`It has ${pattern.length} characters, and ${LONGEST_PATTERN} are the most.`);
  return new Parser(pattern).parse();
}

class Parser {
  readonly #pattern: string;
  readonly #names = new Map<string, number>();
  #at = 0;
  #groups = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): ParsedRegex {
    const ignoresCase = this.#take('(?i)');
    const expression = this.#choice();
    if (this.#at < this.#pattern.length) throw this.#error('has a ) without its (');
    return { expression, ignoresCase, names: this.#names, groups: this.#groups };
  }

  #choice(): Expression {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    while (this.#at < this.#pattern.length && !/[|)]/.test(this.#pattern[this.#at]!))
      parts.push(this.#repeat());
    return { kind: 'sequence', parts };
  }

  #repeat(): Expression {
    const part = this.#atom();
    const [least, most] = this.#bounds() ?? [];
    if (least === undefined || most === undefined) return part;
    if (part.kind === 'assertion' || part.kind === 'look')
      throw this.#error('repeats what takes no character');
    if (least > most) throw this.#error('has a repeat whose limits are in the wrong order');
    const isLazy = this.#take('?');
    if (this.#bounds() !== undefined) throw this.#error('repeats a repeat');
    return { kind: 'repeat', part, least, most, isLazy };
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    // Without numbers it is a brace.
    const found = /^\{(\d{1,6})(,(\d{0,6}))?\}/.exec(this.#pattern.slice(this.#at, this.#at + 16));
    if (found === null) return undefined;
    this.#at += found[0].length;
    const [, least, hasMost, most] = found;
    if (hasMost === undefined) return [Number(least), Number(least)];
    return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)];
  }

  #atom(): Expression {
    const character = this.#pattern[this.#at++]!;
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'set', set: this.#class() };
      case '.':
        return { kind: 'set', set: { ranges: LINE_ENDS, isInverted: true } };
      case '^':
        return { kind: 'assertion', what: 'start' };
      case '$':
        return { kind: 'assertion', what: 'end' };
      case '*':
      case '+':
      case '?':
        throw this.#error('has nothing to repeat');
      case '\\': {
        const what = ASSERTIONS.get(this.#pattern[this.#at] ?? '');
        if (what === undefined) return { kind: 'set', set: this.#escaped() };
        this.#at++;
        return { kind: 'assertion', what };
      }
      default:
        return { kind: 'set', set: only(code(character)) };
    }
  }

  #group(): Expression {
    let number: number | undefined;
    const isWanted = this.#take('?=');
    if (isWanted || this.#take('?!')) {
      const part = this.#choice();
      if (!this.#take(')')) throw this.#error('has a ( without its )');
      return { kind: 'look', part, isWanted };
    }
    if (!this.#take('?')) number = ++this.#groups;
    else if (!this.#take(':')) {
      const found = /^P?<([A-Za-z_]\w*)>/.exec(this.#pattern.slice(this.#at));
      if (found === null) throw this.#error('looks behind or sets flags, which is not taken');
      this.#at += found[0].length;
      number = ++this.#groups;
      this.#names.set(found[1]!, number);
    }
    const part = this.#choice();
    if (!this.#take(')')) throw this.#error('has a ( without its )');
    return number === undefined ? part : { kind: 'group', part, number };
  }

  /** What follows a backslash. */
  #escaped(): CharacterSet {
    const character = this.#pattern[this.#at++];
    if (character === undefined) throw this.#error('ends with \\');
    if (/[1-9k]/.test(character)) throw this.#error('refers to a group, which is not taken');
    const set = CLASSES.get(character);
    if (set !== undefined) return set;
    const digits = character === 'x' ? 2 : character === 'u' ? 4 : 0;
    const hex = this.#pattern.slice(this.#at, this.#at + digits);
    if (digits > 0 && hex.length === digits && /^[0-9a-f]+$/i.test(hex)) {
      this.#at += digits;
      return only(Number.parseInt(hex, 16));
    }
    return only(CONTROLS.get(character) ?? code(character));
  }

  #class(): CharacterSet {
    const isInverted = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#take(']')) {
      const from = this.#member();
      const isRange = this.#pattern[this.#at] === '-' && !/^-(\]|$)/.test(this.#pattern.slice(this.#at));
      const first = unitOf(from);
      if (!isRange || first === undefined) {
        ranges.push(...rangesOf(from));
        continue;
      }
      this.#at++;
      const to = this.#member();
      const last = unitOf(to);
      if (last === undefined) ranges.push([first, first], [code('-'), code('-')], ...rangesOf(to));
      else if (last < first) throw this.#error('has a range in the wrong order');
      else ranges.push([first, last]);
    }
    return { ranges, isInverted };
  }

  #member(): CharacterSet {
    const character = this.#pattern[this.#at++];
    if (character === undefined) throw this.#error('has a [ without its ]');
    if (character !== '\\') return only(code(character));
    // In a class it is a backspace.
    return this.#take('b') ? only(8) : this.#escaped();
  }

  #take(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #error(what: string): RegexError {
    return new RegexError(`It ${what}, at character ${Math.max(1, this.#at)}.`);
  }
}

function only(unit: number): CharacterSet {
  return { ranges: [[unit, unit]], isInverted: false };
}

/** The unit of a set of one. */
function unitOf({ ranges, isInverted }: CharacterSet): number | undefined {
  const [first] = ranges;
  return ranges.length === 1 && !isInverted && first![0] === first![1] ? first![0] : undefined;
}

function rangesOf({ ranges, isInverted }: CharacterSet): (readonly [number, number])[] {
  if (!isInverted) return [...ranges];
  const others: (readonly [number, number])[] = [];
  let from = 0;
  for (const [first, last] of ranges) {
    if (first > from) others.push([from, first - 1]);
    from = last + 1;
  }
  return [...others, [from, LAST]];
}
