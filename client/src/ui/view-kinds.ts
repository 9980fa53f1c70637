/** How values stand in an address as text: what can be read, what is written, and how a sentence names it. */

/** How a value is written as text. */
export interface Kind<T> {
  /** Undefined for what is not of this kind. */
  read(text: string): T | undefined;
  write(value: T): string;
  /** As in "x=a in the address is not …". */
  readonly takes: string;
}

/** Longer texts in an address are not filters, tags and names of ours: no path below a logdir is longer. */
const LONGEST_TEXT = 4096;

export function text(takes = 'a text', longest = LONGEST_TEXT): Kind<string> {
  return {
    read: (one) => (one.length <= longest ? one : undefined),
    write: (value) => value,
    takes: `${takes} of at most ${longest} characters`,
  };
}

/** A text with at least one character. */
export function name(takes = 'a name'): Kind<string> {
  const any = text(takes);
  return { ...any, read: (one) => any.read(one) || undefined };
}

/** A whole number; negative ones only if `least` is. */
export function whole(least = 0, most = Number.MAX_SAFE_INTEGER): Kind<number> {
  return {
    read(one) {
      // Adding 0 makes −0 a 0, here and below.
      const value = /^-?\d{1,16}$/.test(one) ? Number(one) + 0 : Number.NaN;
      return value >= least && value <= most && (least < 0 || !one.startsWith('-')) ? value : undefined;
    },
    write: String,
    takes:
      least === Number.MIN_SAFE_INTEGER
        ? 'a whole number'
        : most === Number.MAX_SAFE_INTEGER
          ? `a whole number from ${least} on`
          : `a whole number from ${least} to ${most}`,
  };
}

export const STEP: Kind<number> = whole(Number.MIN_SAFE_INTEGER);

export const NUMBER: Kind<number> = {
  read(one) {
    const value = one.trim() === '' ? Number.NaN : Number(one) + 0;
    return Number.isFinite(value) ? value : undefined;
  },
  write: String,
  takes: 'a number',
};

/** A finite number; `most` itself only if `isBelow` is not set. */
export function decimal(least: number, most: number, isBelow = false): Kind<number> {
  return {
    ...NUMBER,
    read(one) {
      const value = NUMBER.read(one);
      if (value === undefined || value < least || value > most) return undefined;
      return isBelow && value === most ? undefined : value;
    },
    takes: `a number from ${least} to ${isBelow ? 'below ' : ''}${most}`,
  };
}

export function oneOf<T extends string | number>(values: readonly T[]): Kind<T> {
  return {
    read: (one) => values.find((value) => String(value) === one),
    write: String,
    takes: `one of ${values.join(', ')}`,
  };
}

/** Yes and no as 1 and 0. */
export const BIT: Kind<boolean> = {
  read: (one) => (one === '1' ? true : one === '0' ? false : undefined),
  write: (value) => (value ? '1' : '0'),
  takes: '1 or 0',
};

/** Two finite numbers, the smaller first. Their distance must be finite too: scales are computed from it. */
export function pair<T>(
  separator: string,
  make: (low: number, high: number) => T,
  both: (value: T) => readonly [number, number],
): Kind<T> {
  return {
    read(one) {
      const [low, high, ...rest] = one.split(separator).map(NUMBER.read);
      if (low === undefined || high === undefined || rest.length > 0) return undefined;
      return low < high && Number.isFinite(high - low) ? make(low, high) : undefined;
    },
    write: (value) => both(value).join(separator),
    takes: `two numbers like -1${separator}2.5, the smaller first`,
  };
}

/** The array that a text is in JSON; undefined if it is none, or has more than so many characters. */
export function arrayIn(text: string, longest: number): readonly unknown[] | undefined {
  if (text.length > longest) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read : undefined;
  } catch {
    return undefined;
  }
}
