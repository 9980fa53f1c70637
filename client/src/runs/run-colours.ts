/**
 * The colour of a run depends on its name, so that it is the same on every page and at every time. `table/run-places.ts` gives
 * runs whose names have the same colour different ones, and lines in pieces only to those that have to share one.
 */
import type { Tokens } from '../ui/tokens.js';

const COLOURS = ['run-1', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6', 'run-7', 'run-8'] as const;
/** Eight colours are too few for a page of runs, and more could not be told apart by everyone: lines differ too. */
const LINES = [
  { line: 'solid', dash: undefined },
  { line: 'dashed', dash: [6, 3] },
  { line: 'dotted', dash: [2, 2] },
] as const;
/** How far 0.1, 0.01 and 0.001 are apart. With 0.3, 0.03 and 0.003 between them they have six places. */
const ZERO_APART = 3;
export const RUN_COLOURS = COLOURS.length;
/** How many pairs of colour and line there are. The first RUN_COLOURS are drawn in one piece. */
export const RUN_PLACES = COLOURS.length * LINES.length;

export interface RunColour {
  /** A CSS value. */
  readonly variable: string;
  readonly token: (typeof COLOURS)[number];
  readonly line: (typeof LINES)[number]['line'];
  /** The line as lengths of strokes and gaps. */
  readonly dash: readonly number[] | undefined;
}

/**
 * The place of a run among the pairs of colour and line. Names that differ only in their last number, like the folds
 * and seeds of a sweep, have neighbouring places, so that the first 24 of them never share one.
 */
export function placeOf(run: string): number {
  let end = run.length;
  while (end > 0 && !isDigit(run, end - 1)) end--;
  let start = end;
  while (start > 0 && isDigit(run, start - 1)) start--;
  let number = 0;
  for (let at = start; at < end; at++) number = (number * 10 + Number(run[at])) % RUN_PLACES;
  const isFraction = run[start - 1] === '.' && isDigit(run, start - 2);
  if (isFraction) for (let at = start; run[at] === '0' && at < end - 1; at++) number += ZERO_APART;
  return (hashOf(`${run.slice(0, start)}\n${run.slice(end)}`) + number) % RUN_PLACES;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** FNV-1a, with the bits mixed as in MurmurHash3, because FNV's lowest bits differ little between similar names. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function runColour(place: number): RunColour {
  const token = COLOURS[Math.max(0, place) % COLOURS.length]!;
  const look = LINES[Math.floor(Math.max(0, place) / COLOURS.length) % LINES.length]!;
  return { variable: `var(--${token})`, token, ...look };
}

export function runColourValue(place: number, tokens: Tokens): string {
  return tokens[runColour(place).token];
}
