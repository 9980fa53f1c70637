/** Parses the text of flags into numbers within limits. @throws InvalidArgumentError with a message */
import { InvalidArgumentError } from 'commander';

interface Limits {
  readonly least?: number;
  readonly most?: number;
  /** Exclusive limits. */
  readonly above?: number;
  readonly below?: number;
}

export function wholeNumber(limits: Limits = {}): (text: string) => number {
  return (text) => {
    if (!/^-?\d+$/.test(text.trim())) throw new InvalidArgumentError('It must be a whole number.');
    return within(Number(text), limits);
  };
}

export function anyNumber(limits: Limits = {}): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
    return within(value, limits);
  };
}

function within(value: number, { least, most, above, below }: Limits): number {
  if (least !== undefined && value < least) throw new InvalidArgumentError(`It must be at least ${least}.`);
  if (most !== undefined && value > most) throw new InvalidArgumentError(`It must be at most ${most}.`);
  if (above !== undefined && value <= above) throw new InvalidArgumentError(`It must be above ${above}.`);
  if (below !== undefined && value >= below) throw new InvalidArgumentError(`It must be below ${below}.`);
  return value;
}

/** Collects the values of a repeatable flag. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}
