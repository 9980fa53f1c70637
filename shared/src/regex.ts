/**
 * Regular expressions that come with a log or an address. They are matched without backtracking (Thompson 1968, with groups as in
 * Pike's and RE2's machine), so that the time is bounded by the length of the text times the length of the expression, whatever
 * either of them is. JavaScript's own engine takes exponential time for some.
 */
import { type Assertion, type Expression, type ParsedRegex, parseRegex, RegexError } from './regex-syntax.js';

type Instruction =
  | { readonly does: 'take'; readonly takes: (unit: number) => boolean }
  | { readonly does: 'check'; readonly what: Assertion }
  | { readonly does: 'look'; readonly program: readonly Instruction[]; readonly isWanted: boolean }
  /** Goes on at both places, at `to` by preference. */
  | { readonly does: 'fork'; to: number; other: number }
  | { readonly does: 'jump'; to: number }
  | { readonly does: 'save'; readonly slot: number }
  | { readonly does: 'match' };

/** Repeats with numbers are written out, so that a few characters can claim any length. */
const MOST_INSTRUCTIONS = 1000;
/** Of a longer text the beginning is looked at, which does not end there. */
const LONGEST_TEXT = 1000;
/**
 * Of a text, and of all texts of a list together: a tenth of a second, about. Usual lists take a thousandth of this. Only looking
 * ahead takes more for one text, since it begins anew at each place.
 */
export const MOST_STEPS = 10_000_000;

export interface RegexOptions {
  readonly ignoreCase?: boolean;
  /** Whether it must match from the beginning of a text on, as Python's `re.match`. */
  readonly fromStart?: boolean;
}

type Slots = readonly (number | undefined)[];

export class Regex {
  readonly #program: readonly Instruction[];
  readonly #parsed: ParsedRegex;
  readonly #fromStart: boolean;
  /** How many instructions have been carried out so far. Making one takes as long as some ten of these. */
  steps: number;
  /** Whether a text took too long, and was said not to match. */
  hasGivenUp = false;

  /** @throws RegexError */
  constructor(pattern: string, { ignoreCase = false, fromStart = false }: RegexOptions = {}) {
    this.#parsed = parseRegex(pattern);
    this.#program = compile(this.#parsed.expression, ignoreCase || this.#parsed.ignoresCase);
    this.#fromStart = fromStart;
    this.steps = 10 * this.#program.length;
  }

  test(text: string): boolean {
    return this.#match(text, false) !== undefined;
  }

  /** What the whole expression and each of its groups match; undefined if it does not match. */
  exec(text: string): readonly (string | undefined)[] | undefined {
    const slots = this.#match(text, true);
    if (slots === undefined) return undefined;
    return Array.from({ length: this.#parsed.groups + 1 }, (_, group) => {
      const [from, to] = [slots[2 * group], slots[2 * group + 1]];
      return from === undefined || to === undefined ? undefined : text.slice(from, to);
    });
  }

  /** By the names of the groups, what they match; undefined if it does not match. */
  named(text: string): ReadonlyMap<string, string | undefined> | undefined {
    const found = this.exec(text);
    return found && new Map([...this.#parsed.names].map(([name, number]) => [name, found[number]]));
  }

  /** @param keepsSlots whether it matters where the match and its groups are */
  #match(whole: string, keepsSlots: boolean): Slots | undefined {
    const none: Slots = keepsSlots ? new Array<undefined>(2 * this.#parsed.groups + 2).fill(undefined) : [];
    const run = new Run(whole);
    const found = run.match(this.#program, 0, this.#fromStart, none);
    this.steps += run.steps;
    if (run.steps <= MOST_STEPS) return found;
    this.hasGivenUp = true;
    return undefined;
  }
}

/** One text that is matched. */
class Run {
  readonly #whole: string;
  readonly #length: number;
  /** By program, whether it matches from each place on: 0 while that is not known, 1 or 2. */
  readonly #looked = new Map<readonly Instruction[], Uint8Array>();
  steps = 0;

  constructor(whole: string) {
    this.#whole = whole;
    this.#length = Math.min(whole.length, LONGEST_TEXT);
  }

  /**
   * @param none the slots while nothing has been matched; empty if they do not matter
   * @returns undefined if there is no match, or the time is up
   */
  match(
    program: readonly Instruction[],
    first: number,
    isFirstOnly: boolean,
    none: Slots,
  ): Slots | undefined {
    const keepsSlots = none.length > 0;
    /** The place at which an instruction was last reached. */
    const reachedAt = new Int32Array(program.length).fill(-1);
    let found: Slots | undefined;
    let threads: { readonly at: number; readonly slots: Slots }[] = [];
    const follow = (into: typeof threads, start: number, startSlots: Slots, place: number): void => {
      const waiting: [number, Slots][] = [[start, startSlots]];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [at, slots] = next;
        if (reachedAt[at] === place) continue;
        reachedAt[at] = place;
        this.steps++;
        const instruction = program[at]!;
        if (instruction.does === 'jump') waiting.push([instruction.to, slots]);
        else if (instruction.does === 'fork')
          waiting.push([instruction.other, slots], [instruction.to, slots]);
        else if (instruction.does === 'save')
          waiting.push([at + 1, keepsSlots ? slots.with(instruction.slot, place) : slots]);
        else if (instruction.does === 'look') {
          if (this.#looksAhead(instruction.program, place) === instruction.isWanted)
            waiting.push([at + 1, slots]);
        } else if (instruction.does !== 'check') into.push({ at, slots });
        else if (holds(instruction.what, this.#whole, place)) waiting.push([at + 1, slots]);
      }
    };
    for (let place = first; place <= this.#length && this.steps <= MOST_STEPS; place++) {
      // A match that begins later counts less than all that have begun.
      if (found === undefined && (place === first || !isFirstOnly)) follow(threads, 0, none, place);
      const unit = this.#whole.charCodeAt(place);
      const after: typeof threads = [];
      for (const { at, slots } of threads) {
        const instruction = program[at]!;
        this.steps++;
        if (instruction.does === 'match') {
          found = slots;
          if (!keepsSlots) return found;
          break;
        }
        if (instruction.does === 'take' && place < this.#length && instruction.takes(unit))
          follow(after, at + 1, slots, place + 1);
      }
      threads = after;
      if (threads.length === 0 && (found !== undefined || isFirstOnly)) break;
    }
    return found;
  }

  #looksAhead(program: readonly Instruction[], place: number): boolean {
    let looked = this.#looked.get(program);
    if (looked === undefined) {
      looked = new Uint8Array(this.#length + 1);
      this.#looked.set(program, looked);
    }
    looked[place] ||= this.match(program, place, true, []) === undefined ? 1 : 2;
    return looked[place] === 2;
  }
}

function holds(what: Assertion, text: string, place: number): boolean {
  if (what === 'start') return place === 0;
  if (what === 'end') return place === text.length;
  const isBetween = /\w/.test(text[place - 1] ?? '') !== /\w/.test(text[place] ?? '');
  return isBetween === (what === 'word');
}

/** Whether an expression for one character takes a unit, looked up for those of ASCII. */
function taker(pattern: string, ignoreCase: boolean): (unit: number) => boolean {
  let own: RegExp | undefined;
  const known: (boolean | undefined)[] = [];
  const takes = (unit: number): boolean => {
    own ??= new RegExp(`^${pattern}$`, ignoreCase ? 'i' : '');
    return own.test(String.fromCharCode(unit));
  };
  return (unit) => {
    if (unit >= 128) return takes(unit);
    known[unit] ??= takes(unit);
    return known[unit];
  };
}

/** @throws RegexError if it becomes too long */
function compile(expression: Expression, ignoreCase: boolean, made = { count: 0 }): Instruction[] {
  const program: Instruction[] = [];
  const add = <T extends Instruction>(instruction: T): T => {
    if (made.count++ === MOST_INSTRUCTIONS)
      throw new RegexError('It is too long when its repeats are written out.');
    program.push(instruction);
    return instruction;
  };
  /** `fork.to` is the next instruction. */
  const fork = (isLazy: boolean) => {
    const made = add({ does: 'fork', to: 0, other: 0 });
    const here = program.length;
    return (elsewhere: number) =>
      Object.assign(made, isLazy ? { to: elsewhere, other: here } : { to: here, other: elsewhere });
  };
  const write = (part: Expression): void => {
    switch (part.kind) {
      case 'character':
        add({ does: 'take', takes: taker(part.pattern, ignoreCase) });
        return;
      case 'assertion':
        add({ does: 'check', what: part.what });
        return;
      case 'look': {
        const { isWanted } = part;
        add({ does: 'look', program: compile(part.part, ignoreCase, made), isWanted });
        return;
      }
      case 'sequence':
        for (const one of part.parts) write(one);
        return;
      case 'group':
        add({ does: 'save', slot: 2 * part.number });
        write(part.part);
        add({ does: 'save', slot: 2 * part.number + 1 });
        return;
      case 'choice': {
        const ends: { to: number }[] = [];
        for (const [at, one] of part.parts.entries()) {
          const isLast = at === part.parts.length - 1;
          const otherwise = isLast ? undefined : fork(false);
          write(one);
          if (isLast) break;
          ends.push(add({ does: 'jump', to: 0 }));
          otherwise?.(program.length);
        }
        for (const end of ends) end.to = program.length;
        return;
      }
      case 'repeat': {
        for (let count = 0; count < part.least; count++) {
          const before = program.length;
          write(part.part);
          // What is empty is empty however often it is repeated.
          if (program.length === before) return;
        }
        if (part.most === Number.POSITIVE_INFINITY) {
          const start = program.length;
          const leave = fork(part.isLazy);
          write(part.part);
          add({ does: 'jump', to: start });
          leave(program.length);
          return;
        }
        const leaves = [];
        for (let count = part.least; count < part.most; count++) {
          leaves.push(fork(part.isLazy));
          write(part.part);
        }
        for (const leave of leaves) leave(program.length);
      }
    }
  };
  write({ kind: 'group', part: expression, number: 0 });
  add({ does: 'match' });
  return program;
}

/** The items of a list with a text that matches, and whether that could be found out of all of them in a bounded time. */
export function matching<T>(
  items: readonly T[],
  textsOf: (item: T) => readonly string[],
  regex: Regex,
  most = MOST_STEPS,
): { readonly items: readonly T[]; readonly isCut: boolean } {
  const before = regex.steps;
  let isCut = false;
  const found = items.filter((item) => {
    isCut ||= regex.steps - before > most;
    return !isCut && textsOf(item).some((text) => regex.test(text));
  });
  return { items: found, isCut: isCut || regex.hasGivenUp };
}
