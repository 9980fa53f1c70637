import type { Tokens } from '../ui/tokens.js';

const COLOURS = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6', 'run-7', 'run-8'] as const;

export interface RunColour {
  /** A CSS value. */
  readonly variable: string;
  readonly token: (typeof COLOURS)[number];
  /** From the ninth run on the colours repeat, with dashed lines. */
  readonly dash: readonly number[] | undefined;
}

/** The colour of the run at `index` in the list. */
export function runColour(index: number): RunColour {
  const token = COLOURS[Math.max(0, index) % COLOURS.length]!;
  return { variable: `var(--${token})`, token, dash: index >= COLOURS.length ? [6, 3] : undefined };
}

export function runColourValue(index: number, tokens: Tokens): string {
  return tokens[runColour(index).token];
}
