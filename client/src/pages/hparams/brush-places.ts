/** Between the chosen part of a column and its place on the axis. */
import type { AxisScale } from './axis-scale.js';
import type { Brush } from './view.js';

/** Room around a text that is chosen alone. */
const TEXT_ROOM = 0.03;
const DIGITS = 4;
/** How near to an end of the axis counts as the end. */
const END = 0.02;

/** From where to where the brush reaches on the axis, from 0 to 1. */
export function placesOf(brush: Brush | undefined, scale: AxisScale): readonly [number, number] | undefined {
  if (brush === undefined) return undefined;
  const values = brush.kind === 'texts' ? brush.texts : [brush.lo, brush.hi];
  const places = values.flatMap((value) => scale.placeOf(value) ?? []);
  if (places.length === 0) return undefined;
  const room = brush.kind === 'texts' ? TEXT_ROOM : 0;
  const [low, high] = [Math.min(...places) - room, Math.max(...places) + room];
  return [Math.max(0, Math.min(1, low)), Math.max(0, Math.min(1, high))];
}

/**
 * The brush between two places, in few digits; undefined for all of the axis, and where it holds no text. Places near an end
 * of the axis are that end.
 */
export function brushBetween(from: number, to: number, scale: AxisScale): Brush | undefined {
  const low = from < END ? 0 : from;
  const high = to > 1 - END ? 1 : to;
  if (low <= 0 && high >= 1) return undefined;
  if (scale.texts !== undefined) {
    const texts = scale.texts.filter((text) => {
      const place = scale.placeOf(text) ?? Number.NaN;
      return place >= low - TEXT_ROOM && place <= high + TEXT_ROOM;
    });
    return texts.length === 0 ? undefined : { kind: 'texts', texts };
  }
  const numberAt = scale.numberAt;
  if (numberAt === undefined) return undefined;
  return { kind: 'range', lo: rounded(numberAt(low), -1), hi: rounded(numberAt(high), 1) };
}

/** In few digits, and downwards or upwards, so that what lies on an end is chosen. */
function rounded(value: number, direction: 1 | -1): number {
  const near = Number(value.toPrecision(DIGITS));
  if ((near - value) * direction >= 0) return near + 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - DIGITS + 1);
  const next = Number((near + direction * unit).toPrecision(DIGITS));
  return (next - value) * direction >= 0 ? next + 0 : value;
}
