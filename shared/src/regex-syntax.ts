/**
 * Reads regular expressions as JavaScript writes them, but for references such as \1, which need backtracking, and lookbehind. Also
 * takes what expressions written for Python have: `(?P<name>…)`, `\A`, `\Z` and a leading `(?i)`.
 */

export type Assertion = 'start' | 'end' | 'word' | 'not word';

export type Expression =
  /** An expression for one character, such as `a`, `\\d` or `[^a-z]`, which JavaScript's own engine matches at once. */
  | { readonly kind: 'character'; readonly pattern: string }
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
const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map([
  ['b', 'word'],
  ['B', 'not word'],
  ['A', 'start'],
  ['Z', 'end'],
]);

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
        return this.#class();
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
        if (what === undefined) return this.#escaped();
        this.#at++;
        return { kind: 'assertion', what };
      }
      default:
        return { kind: 'character', pattern: character };
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

  /** From what follows a backslash on. */
  #escaped(): Expression {
    const pattern = /^(x[\da-f]{2}|u[\da-f]{4}|[^1-9k])/is.exec(
      this.#pattern.slice(this.#at, this.#at + 5),
    )?.[0];
    if (this.#at === this.#pattern.length) throw this.#error('ends with \\');
    if (pattern === undefined) throw this.#error('refers to a group, which is not taken');
    this.#at += pattern.length;
    return { kind: 'character', pattern: `\\${pattern}` };
  }

  /** From what follows a [ on. */
  #class(): Expression {
    const start = this.#at - 1;
    while (!this.#take(']')) {
      if (this.#at >= this.#pattern.length) throw this.#error('has a [ without its ]');
      this.#at += this.#pattern[this.#at] === '\\' ? 2 : 1;
    }
    const pattern = this.#pattern.slice(start, this.#at);
    try {
      new RegExp(pattern);
    } catch {
      throw this.#error('has a class with a range in the wrong order');
    }
    return { kind: 'character', pattern };
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
