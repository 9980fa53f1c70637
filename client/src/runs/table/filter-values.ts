/** How a filter compares a value of a run with what was written. */

export type Operator = '<' | '<=' | '>' | '>=' | '=' | '!=' | '~' | '!~';

export type Value = string | number | boolean | undefined;

/** As Python, CSV and this page write infinities. */
const INFINITE = /^([+-]?)(?:inf|infinity|∞)$/i;

export function isOrder(operator: Operator): boolean {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
}

/** Undefined for text that is not a number: `Number` takes an empty text for 0 and true for 1. NaN is one here. */
export function numberIn(value: Exclude<Value, undefined>): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return undefined;
  const text = value.trim().replaceAll('−', '-');
  if (text === '') return undefined;
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}

/** Regular expressions are not for this. */
export function compare(value: Exclude<Value, undefined>, operator: Operator, wanted: string): boolean {
  const [a, exact] = [numberIn(value), numberIn(wanted)];
  // Logs hold most scalars as float32, where 0.001 is the nearest to it.
  const isFloat32 = a !== undefined && Number.isFinite(a) && a === Math.fround(a);
  const b = exact !== undefined && isFloat32 ? Math.fround(exact) : exact;
  if (operator === '=' || operator === '!=') {
    const isSame =
      a !== undefined && b !== undefined
        ? a === b || (Number.isNaN(a) && Number.isNaN(b))
        : String(value) === wanted;
    return isSame === (operator === '=');
  }
  if (a === undefined || b === undefined) return false;
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    default:
      return a >= b;
  }
}
