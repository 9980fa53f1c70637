/** The steps that the timeline shows: all of its axis, or the part that was zoomed into. */
import type { Part } from '../series/pixel-columns.js';
import type { Kind } from '../ui/view-kinds.js';

export interface Span {
  readonly from: number;
  /** Undefined for a span that follows the newest step. */
  readonly to: number | undefined;
}

/** The narrowest window, since a window of one step contains no curve. */
const FEWEST_STEPS = 8;

/**
 * The first and last step on an axis, of everything that is drawn along it.
 * @param own the steps of the chosen curve
 * @param rest the steps of what else there is of the run: its captures, its newest step
 */
export function axisOf(own: Part | undefined, rest: Part | undefined): Part {
  const all = union([own, rest]);
  if (all === undefined) return { first: 0, last: 1 };
  // A series that covers only a small part of the run may count something else: epochs beside batches.
  const isOther =
    own !== undefined && own.last > own.first && (own.last - own.first) * 4 < all.last - all.first;
  const { first, last } = isOther ? own : all;
  return { first, last: Math.max(first + 1, last) };
}

export function union(parts: readonly (Part | undefined)[]): Part | undefined {
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0) return undefined;
  return {
    first: Math.min(...known.map(({ first }) => first)),
    last: Math.max(...known.map(({ last }) => last)),
  };
}

/** First and last step of the window. Without a span, or with one that holds nothing of the axis, the whole axis. */
export function windowOf(span: Span | undefined, axis: Part): Part {
  if (span === undefined) return axis;
  const last = span.to ?? axis.last;
  return last - span.from < 1 || span.from >= axis.last || last <= axis.first
    ? axis
    : { first: span.from, last };
}

/**
 * Makes the window `factor` times as wide, with `at` staying in place.
 * @returns undefined if the window then covers the whole axis
 */
export function zoomSpan(span: Span | undefined, axis: Part, at: number, factor: number): Span | undefined {
  const { first, last } = windowOf(span, axis);
  const width = Math.max(Math.min(FEWEST_STEPS, axis.last - axis.first), Math.round((last - first) * factor));
  const share = (Math.min(last, Math.max(first, at)) - first) / (last - first);
  return placed(Math.round(at - share * width), width, axis);
}

/** Moves the window by a number of steps, within the axis. */
export function panSpan(span: Span | undefined, axis: Part, by: number): Span | undefined {
  if (span === undefined) return undefined;
  const { first, last } = windowOf(span, axis);
  return placed(first + Math.round(by), last - first, axis);
}

function placed(from: number, width: number, axis: Part): Span | undefined {
  if (width >= axis.last - axis.first) return undefined;
  const first = Math.max(axis.first, Math.min(axis.last - width, from));
  return { from: first, to: first + width >= axis.last ? undefined : first + width };
}

/** `120-480`, or `120-` for up to the newest step, or `-15--3`. */
export const SPAN: Kind<Span> = {
  read(text) {
    const [, from, to] = /^(-?\d{1,15})-(-?\d{1,15})?$/.exec(text) ?? [];
    if (from === undefined || (to !== undefined && Number(to) <= Number(from))) return undefined;
    // Adding 0 makes −0 a 0.
    return { from: Number(from) + 0, to: to === undefined ? undefined : Number(to) + 0 };
  },
  write: ({ from, to }) => `${from}-${to ?? ''}`,
  takes: 'two steps like 120-480, the smaller first',
};
