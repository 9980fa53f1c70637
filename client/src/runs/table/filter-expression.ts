/**
 * Expressions over the values of a run: `lr>1e-3 && (optimizer=adam || min(val/loss) < 0.5)`. Read by hand, so that errors are
 * sentences that say where; nothing of the text is ever run.
 *
 *   or         = and { ("||" | "or") and }
 *   and        = not { ["&&" | "and" | ","] not }
 *   not        = ("!" | "not") not | "(" or ")" | comparison | word
 *   comparison = reference ("<" | "<=" | ">" | ">=" | "=" | "==" | "!=" | "~" | "!~") value
 *   reference  = name | ("min" | "max" | "last") "(" name ")"
 *
 * One file, because each form is read, checked and applied by the same table. A word by itself is looked for in the names of runs. `~` compares with a regular expression.
 */
import { messageOf } from '@convscope/shared/message-of.js';
import { Regex } from '@convscope/shared/regex.js';
import { compare, isOrder, numberIn, type Operator, type Value } from './filter-values.js';

export type Extreme = 'min' | 'max' | 'last';

/** A value of a run: a hyperparameter or the newest value of a scalar, or of a scalar the lowest or highest value. */
export interface Reference {
  readonly name: string;
  readonly of?: Extreme;
}

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }
  | {
      readonly kind: 'compare';
      readonly left: Reference;
      readonly operator: Operator;
      readonly wanted: string;
      readonly pattern?: Regex;
    }
  | { readonly kind: 'word'; readonly text: string; readonly pattern: Pick<Regex, 'test'> };

/** The text is not an expression. The message is a sentence. */
export class FilterError extends Error {
  override name = 'FilterError';
}

/** More parentheses inside each other are refused before they exhaust the stack. */
const DEPTH = 50;
const OPERATORS = ['<=', '>=', '!=', '!~', '==', '=~', '<', '>', '=', '~'] as const;
const MEANT: Readonly<Record<(typeof OPERATORS)[number], Operator>> = {
  ...{ '<=': '<=', '>=': '>=', '!=': '!=', '!~': '!~', '==': '=', '=~': '~' },
  ...{ '<': '<', '>': '>', '=': '=', '~': '~' },
};
const SPACE = /\s*/y;
const WORD = /[^\s"'`<>=!~(),&|]+/y;
const FUNCTION = /(min|max|last)\s*\(/iy;
const QUOTED = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`/sy;
const KEYWORD = { and: /(?:&&|and\b|,)/iy, or: /(?:\|\||or\b)/iy, not: /(?:!(?![=~])|not\b)/iy } as const;

/** @throws FilterError */
export function parseExpression(text: string): Expression {
  return new Parser(text).whole();
}

/** Whether the text looks like a comparison rather than like a name or a regular expression. */
export function looksLikeExpression(text: string): boolean {
  return /[\w"'`)\]]\s*(?:<=?|>=?|!=|==?|!?~)\s*\S|&&|\|\||[\w"'`)\]]\s*(?:[<>]=?|!=|==)\s*$/.test(text);
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Expression {
    const expression = this.#or();
    this.#skip();
    if (this.#at < this.#text.length) throw this.#error(`does not belong there`, this.#rest());
    return expression;
  }

  #or(): Expression {
    const parts = [this.#and()];
    while (this.#take(KEYWORD.or)) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
  }

  #and(): Expression {
    const parts = [this.#not()];
    for (;;) {
      const isJoined = this.#take(KEYWORD.and);
      if (!isJoined && (this.#isEnd() || this.#sees(KEYWORD.or) || this.#sees(/\)/y))) break;
      parts.push(this.#not());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
  }

  #not(): Expression {
    if (++this.#depth > DEPTH) throw new FilterError(`The filter has more than ${DEPTH} levels.`);
    try {
      if (this.#take(KEYWORD.not)) return { kind: 'not', part: this.#not() };
      if (!this.#sees(/\(/y)) return this.#comparison();
      const from = this.#at;
      this.#at++;
      const inside = this.#or();
      if (!this.#take(/\)/y))
        throw new FilterError(`The parenthesis at character ${from + 1} of the filter is not closed.`);
      return inside;
    } finally {
      this.#depth--;
    }
  }

  #comparison(): Expression {
    const from = this.#at;
    const { quoted, ...left } = this.#reference();
    const operator = this.#operator();
    if (operator === undefined) {
      if (left.of !== undefined) throw new FilterError(`${left.of}(${left.name}) is compared with nothing.`);
      const text = left.name;
      return { kind: 'word', text, pattern: quoted ? literal(text) : patternOf(text, from) };
    }
    const wanted = this.#value(operator);
    if (operator !== '~' && operator !== '!~') return { kind: 'compare', left, operator, wanted };
    return { kind: 'compare', left, operator, wanted, pattern: patternOf(wanted, this.#at - wanted.length) };
  }

  #reference(): Reference & { readonly quoted: boolean } {
    const called = this.#match(FUNCTION);
    if (called === undefined) return this.#name();
    const of = called[1]!.toLowerCase();
    // The tag of a scalar may hold anything but a parenthesis, or is quoted.
    const quoted = this.#quoted();
    const name = quoted ?? this.#match(/[^()"'`]+/y)?.[0].trim();
    if (name === undefined || name === '' || !this.#take(/\)/y))
      throw new FilterError(`${of}( needs the tag of a scalar and a closing parenthesis, as in ${of}(loss).`);
    return { name, of: of === 'min' || of === 'max' ? of : 'last', quoted: quoted !== undefined };
  }

  #name(): Reference & { readonly quoted: boolean } {
    const quoted = this.#quoted();
    if (quoted !== undefined) return { name: quoted, quoted: true };
    const name = this.#match(WORD)?.[0];
    if (name !== undefined) return { name, quoted: false };
    if (this.#isEnd()) throw new FilterError(`The filter ends where a name is expected${this.#after()}.`);
    throw this.#error('stands where a name is expected', this.#rest());
  }

  #operator(): Operator | undefined {
    this.#skip();
    const found = OPERATORS.find((one) => this.#text.startsWith(one, this.#at));
    if (found === undefined) return undefined;
    this.#at += found.length;
    return MEANT[found];
  }

  #value(operator: Operator): string {
    const quoted = this.#quoted();
    if (quoted !== undefined) return quoted;
    const from = this.#at;
    // What is not quoted ends at a space, at && and ||, and in parentheses at the closing one.
    const ends = this.#depth > 1 ? /\s|&&|\|\||,(?=\s|$)|\)|$/g : /\s|&&|\|\||,(?=\s|$)|$/g;
    ends.lastIndex = from;
    const to = ends.exec(this.#text)?.index ?? this.#text.length;
    const value = this.#text.slice(from, to);
    if (value === '') throw new FilterError(`A value is missing after ${operator}${this.#after()}.`);
    if (/^[<>=!]/.test(value)) throw this.#error('stands where a value is expected', value);
    this.#at = to;
    return value;
  }

  /** The text between quotes. */
  #quoted(): string | undefined {
    const match = this.#match(QUOTED);
    if (match !== undefined) return (match[1] ?? match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1');
    if (this.#sees(/["'`]/y))
      throw new FilterError(`The quotation mark at character ${this.#at + 1} of the filter is not closed.`);
    return undefined;
  }

  #take(pattern: RegExp): boolean {
    return this.#match(pattern) !== undefined;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    this.#skip();
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  #sees(pattern: RegExp): boolean {
    this.#skip();
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  #isEnd(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  #skip(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #rest(): string {
    return /^\S+/.exec(this.#text.slice(this.#at))?.[0] ?? '';
  }

  #after(): string {
    const before = this.#text.slice(0, this.#at).trim();
    return before === '' ? '' : ` (after ${shortened(before)})`;
  }

  #error(problem: string, what: string): FilterError {
    return new FilterError(`${shortened(what)} at character ${this.#at + 1} of the filter ${problem}.`);
  }
}

function shortened(text: string): string {
  return text.length > 24 ? `…${text.slice(-23)}` : text;
}

/** Finds a text in upper or lower case. */
function literal(text: string): Pick<Regex, 'test'> {
  const small = text.toLowerCase();
  return { test: (name) => name.toLowerCase().includes(small) };
}

function patternOf(text: string, at: number): Regex {
  try {
    return new Regex(text, { ignoreCase: true });
  } catch (error) {
    throw new FilterError(`The regular expression at character ${at + 1} is none: ${messageOf(error)}`);
  }
}

/** Calls back with every value that an expression compares. */
export function* referencesIn(expression: Expression): Generator<Reference> {
  if (expression.kind === 'compare') yield expression.left;
  else if (expression.kind === 'not') yield* referencesIn(expression.part);
  else if (expression.kind !== 'word') for (const part of expression.parts) yield* referencesIn(part);
}

/** What is wrong with a comparison by order, as a sentence: only numbers are above or below others. */
export function orderProblem(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'word':
      return undefined;
    case 'not':
      return orderProblem(expression.part);
    case 'and':
    case 'or':
      return expression.parts.map(orderProblem).find((problem) => problem !== undefined);
    case 'compare': {
      const { left, operator, wanted } = expression;
      if (!isOrder(operator) || !Number.isNaN(numberIn(wanted) ?? Number.NaN)) return undefined;
      const after = `${nameOf(left)}${operator}`;
      return `${shortened(wanted)} after ${after} is not a number: write one such as 1000, 1e-3 or inf.`;
    }
  }
}

export function nameOf({ name, of }: Reference): string {
  return of === undefined ? name : `${of}(${name})`;
}

/**
 * Whether the expression holds for a run; undefined if that depends on a value that the run has not.
 * @param names where a word by itself is looked for
 */
export function holds(
  expression: Expression,
  lookUp: (reference: Reference) => Value,
  names: readonly string[],
): boolean | undefined {
  switch (expression.kind) {
    case 'word':
      return names.some((name) => expression.pattern.test(name));
    case 'not': {
      const result = holds(expression.part, lookUp, names);
      return result === undefined ? undefined : !result;
    }
    case 'and':
    case 'or': {
      const results = expression.parts.map((part) => holds(part, lookUp, names));
      const decides = expression.kind === 'or';
      if (results.includes(decides)) return decides;
      return results.includes(undefined) ? undefined : !decides;
    }
    case 'compare': {
      const { left, operator, wanted, pattern } = expression;
      const value = lookUp(left);
      if (value === undefined) return undefined;
      if (pattern === undefined) return compare(value, operator, wanted);
      return pattern.test(String(value)) === (operator === '~');
    }
  }
}
