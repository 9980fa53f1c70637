/** The rows of the table of values. */
import type { Point } from '../../series/pixel-columns.js';
import type { Look, TrackReading } from '../../series/track-look.js';
import type { CurveSource } from './card-drawing.js';
import { isSmoothed, type SmoothingLook } from './curve-smoothing.js';

export interface ValueRow {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly dash: readonly number[] | undefined;
  /** Undefined for what is drawn as it was logged. */
  readonly smoothed: number | undefined;
  readonly value: number;
  readonly x: number;
  readonly step: number | undefined;
  /** In seconds. */
  readonly wallTime: number | undefined;
  /** Of all finite values. */
  readonly lowest: number | undefined;
  readonly highest: number | undefined;
  readonly best: Point | undefined;
}

/** @param exact readings of curves that are not held in full, by key: what is drawn of them may lie a little beside */
export function valueRows(
  sources: readonly CurveSource[],
  at: number,
  look: Look & SmoothingLook,
  exact: ReadonlyMap<string, TrackReading>,
  bestIs: 'lowest' | 'highest',
): ValueRow[] {
  return sources.flatMap(({ key, label, colour, dash, tracks, margin }): ValueRow[] => {
    const [track] = tracks;
    const reading = exact.get(key) ?? track?.nearest(at, look);
    if (track === undefined || reading === undefined) return [];
    const extremes = track.extremes(look);
    return [
      {
        ...{ key, label, colour, dash },
        smoothed: margin === undefined && isSmoothed(track, look) ? reading.smoothed : undefined,
        ...{ value: reading.raw, x: reading.x },
        ...{ step: reading.step, wallTime: reading.wallTime },
        lowest: extremes?.lowest.y,
        highest: extremes?.highest.y,
        best: extremes?.[bestIs],
      },
    ];
  });
}

/** The table with every digit, for a spreadsheet: columns with tabs between them. */
export function tableText(rows: readonly ValueRow[], timeOf: (row: ValueRow) => string): string {
  const head = ['run', 'smoothed', 'value', 'step', 'time', 'min', 'max', 'best', 'best at'];
  const body = rows.map((row) => [
    row.label,
    row.smoothed ?? '',
    row.value,
    row.step ?? row.x,
    timeOf(row),
    row.lowest ?? '',
    row.highest ?? '',
    row.best?.y ?? '',
    row.best?.x ?? '',
  ]);
  return [head, ...body].map((cells) => cells.join('\t')).join('\n');
}
