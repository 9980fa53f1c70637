/** The values of all curves of a card at the pointer's place. */
import { createPortal } from 'react-dom';
import { scalarText } from '../../charts/tick-text.js';
import { elapsedText, wallTimeText } from '../../charts/time-ticks.js';
import { compareNames } from '../../ui/compare-names.js';
import { formatStep, plural } from '../../ui/format.js';
import type { CardLook, CurveSource } from './card-drawing.js';
import { CurveKey } from './curve-key.js';
import type { CurveReading } from './curve-reading.js';
import type { TipOrder } from './preferences.js';

export interface TipRow {
  readonly source: CurveSource;
  readonly reading: CurveReading;
  /** How far its point is from the pointer, in pixels. */
  readonly distance: number;
}

export interface TipContent {
  readonly x: number;
  readonly look: CardLook;
  readonly rows: readonly TipRow[];
  readonly order: TipOrder;
  /** Where the pointer is in the window, in pixels. */
  readonly left: number;
  readonly top: number;
}

/** Of more curves, the others are counted. */
const MOST_ROWS = 16;
const WIDTH = 340;

export function sortedRows(rows: readonly TipRow[], order: TipOrder): TipRow[] {
  // NaN is neither high nor low: it comes last.
  const value = ({ reading }: TipRow, missing: number) =>
    Number.isNaN(reading.smoothed) ? missing : reading.smoothed;
  return [...rows].sort((a, b) => {
    switch (order) {
      case 'nearest':
        return a.distance - b.distance;
      case 'value':
        return compare(value(b, Number.NEGATIVE_INFINITY), value(a, Number.NEGATIVE_INFINITY));
      case 'lowest':
        return compare(value(a, Number.POSITIVE_INFINITY), value(b, Number.POSITIVE_INFINITY));
      case 'name':
        return compareNames(a.source.label, b.source.label);
    }
    return 0;
  });
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A place on the axis of x, as people write it. */
export function placeText(x: number, { x: axis, utc }: Pick<CardLook, 'x' | 'utc'>): string {
  if (axis === 'step') return `step ${formatStep(x)}`;
  return axis === 'relative' ? `after ${elapsedText(x)}` : wallTimeText(x, utc);
}

/** A mean of long series is computed from what is drawn of them: the lowest and highest value of each pixel. */
export function smoothedText(source: CurveSource, { smoothed }: CurveReading): string {
  const isExact = !source.isGroup || source.tracks.every((track) => track.isExact);
  return `${isExact ? '' : '≈ '}${scalarText(smoothed)}`;
}

/** What lies around a value with a margin. */
function marginText({ margin }: CurveReading): string {
  if (margin === undefined) return '';
  const [lower, upper] = [margin.lower, margin.upper].map((edge) =>
    edge === undefined ? '–' : scalarText(edge),
  );
  return ` (${lower} to ${upper})`;
}

export function Tip({ content }: { content: TipContent | undefined }) {
  if (content === undefined || content.rows.length === 0) return null;
  const { look, rows, order, left, top } = content;
  const sorted = sortedRows(rows, order);
  const shown = sorted.length > MOST_ROWS + 1 ? sorted.slice(0, MOST_ROWS) : sorted;
  const isSmoothed = rows.some(({ reading }) => reading.isSmoothed);
  const hasGroups = rows.some(({ source }) => source.isGroup);
  const nearest = rows.reduce((best, row) => (row.distance < best.distance ? row : best));
  const isLeft = left + 16 + WIDTH > innerWidth;
  const isAbove = top > innerHeight / 2;
  return createPortal(
    <div
      className="curve-tip"
      role="status"
      aria-live="off"
      style={{
        left: isLeft ? undefined : left + 16,
        right: isLeft ? Math.max(4, innerWidth - left + 16) : undefined,
        top: isAbove ? undefined : top + 12,
        bottom: isAbove ? innerHeight - top + 12 : undefined,
      }}
    >
      <table>
        <thead>
          <tr>
            <th colSpan={2}>{placeText(content.x, look)}</th>
            {isSmoothed && <th>{hasGroups ? 'mean' : 'smoothed'}</th>}
            {!isSmoothed || !hasGroups ? <th>value</th> : null}
            <th>{look.x === 'step' ? 'step' : 'at'}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ source, reading, distance }) => (
            <tr key={source.key} className={source === nearest.source && distance < 40 ? 'near' : undefined}>
              <td>
                <CurveKey colour={source.colour} dash={source.dash} />
              </td>
              <td className="ellipsis">
                <bdi>{source.label}</bdi>
              </td>
              {isSmoothed && (
                <td className="strong">
                  {reading.isSmoothed || reading.of !== undefined ? (
                    smoothedText(source, reading)
                  ) : (
                    <span className="faint">as logged</span>
                  )}
                </td>
              )}
              {(!isSmoothed || !hasGroups) && (
                <td className={reading.isSmoothed ? 'muted' : 'strong'}>
                  {reading.of === undefined ? scalarText(reading.raw) : smoothedText(source, reading)}
                  {marginText(reading)}
                </td>
              )}
              <td className="faint">
                {reading.of !== undefined
                  ? `of ${reading.of}`
                  : look.x === 'step'
                    ? formatStep(reading.x)
                    : look.x === 'relative'
                      ? elapsedText(reading.x)
                      : wallTimeText(reading.x, look.utc).slice(11, 19)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > shown.length && (
        <p className="faint">and {plural(sorted.length - shown.length, 'more', 'more')}</p>
      )}
    </div>,
    // A card is laid out for itself: what is fixed in it would stay in it.
    document.body,
  );
}
