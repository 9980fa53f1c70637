import type { Tokens } from '../ui/tokens.js';

const COLOURS = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6', 'run-7', 'run-8'] as const;

export interface RunColour {
  /** For CSS. */
  readonly variable: string;
  readonly token: (typeof COLOURS)[number];
  /** After eight runs the colours come again, dashed. */
  readonly dash: readonly number[] | undefined;
}

/** Colours are given by the place in the list of runs. */
export function runColour(index: number): RunColour {
  const token = COLOURS[Math.max(0, index) % COLOURS.length]!;
  return { variable: `var(--${token})`, token, dash: index >= COLOURS.length ? [6, 3] : undefined };
}

export function runColourValue(index: number, tokens: Tokens): string {
  return tokens[runColour(index).token];
}
