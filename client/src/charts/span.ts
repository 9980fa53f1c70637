/** The steps that the timeline shows: the whole run, or the part that was zoomed into. */
import type { Part } from '../series/curve.js';

export interface Span {
  readonly from: number;
  /** Undefined for a span that follows the newest step. */
  readonly to: number | undefined;
}

/** The narrowest window, since a window of one step contains no curve. */
const FEWEST_STEPS = 8;

/** First and last step on the axis. An undefined or empty span is the whole run. */
export function windowOf(span: Span | undefined, lastStep: number): Part {
  const all = { first: 0, last: Math.max(1, lastStep) };
  if (span === undefined) return all;
  const last = span.to ?? all.last;
  return last - span.from < 1 ? all : { first: span.from, last };
}

/**
 * Makes the window `factor` times as wide, with `at` staying in place.
 * @returns undefined if the window then covers the whole run
 */
export function zoomSpan(
  span: Span | undefined,
  lastStep: number,
  at: number,
  factor: number,
): Span | undefined {
  const { first, last } = windowOf(span, lastStep);
  const width = Math.max(Math.min(FEWEST_STEPS, lastStep), Math.round((last - first) * factor));
  const share = (Math.min(last, Math.max(first, at)) - first) / (last - first);
  return placed(Math.round(at - share * width), width, lastStep);
}

/** Moves the window by a number of steps, within the run. */
export function panSpan(span: Span | undefined, lastStep: number, by: number): Span | undefined {
  if (span === undefined) return undefined;
  const { first, last } = windowOf(span, lastStep);
  return placed(first + Math.round(by), last - first, lastStep);
}

function placed(from: number, width: number, lastStep: number): Span | undefined {
  if (width >= lastStep) return undefined;
  const first = Math.max(0, Math.min(lastStep - width, from));
  return { from: first, to: first + width >= lastStep ? undefined : first + width };
}

/** Parses `120-480`, or `120-` for up to the newest step; undefined for anything else. */
export function spanFrom(text: string | null): Span | undefined {
  const [, from, to] = /^(\d{1,15})-(\d{1,15})?$/.exec(text ?? '') ?? [];
  if (from === undefined || (to !== undefined && Number(to) <= Number(from))) return undefined;
  return { from: Number(from), to: to === undefined ? undefined : Number(to) };
}

export function spanText({ from, to }: Span): string {
  return `${from}-${to ?? ''}`;
}
