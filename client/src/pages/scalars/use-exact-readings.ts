/** Asks for the values of long series at a place: what is drawn of them are the first, lowest, highest and last of a pixel. */
import type { ValuesRequest, XAxis } from '@convscope/shared/protocol/series.js';
import { useEffect, useState } from 'react';
import type { TrackReading } from '../../series/track-look.js';
import type { CurveSource } from './card-drawing.js';
import { useScalars } from './scalars-context.js';

const NONE: ReadonlyMap<string, TrackReading> = new Map();
/** How long the place must stay the same. */
const REST_MS = 60;

/** The readings by key of the curve; those of short series are not among them, and none are while they are fetched. */
export function useExactReadings(
  sources: readonly CurveSource[],
  at: number,
  x: XAxis,
  smoothing: number,
): ReadonlyMap<string, TrackReading> {
  const state = useScalars();
  const { source } = state.runs;
  const [found, setFound] = useState<{ of: string; readings: ReadonlyMap<string, TrackReading> }>();
  const long = sources.flatMap(({ key, tracks }) =>
    tracks.filter(({ isExact }) => !isExact).map(({ run, tag }) => ({ key, run, tag })),
  );
  const of = JSON.stringify([long, at, x, smoothing]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `of` stands for all that is asked for
  useEffect(() => {
    const abort = new AbortController();
    const wanted = long;
    if (wanted.length === 0) return;
    const timer = setTimeout(() => {
      const names = (which: 'run' | 'tag') => [...new Set(wanted.map((one) => one[which]))];
      const request: ValuesRequest = {
        ...{ runs: names('run'), tags: names('tag'), x, at },
        find: 'nearest',
        median: false,
        ...(smoothing > 0 ? { smoothing } : {}),
      };
      source.values(request, abort.signal).then(
        ({ runs, tags, values }) => {
          const keys = new Map(wanted.map(({ key, run, tag }) => [JSON.stringify([run, tag]), key]));
          const readings = new Map<string, TrackReading>();
          for (const value of values) {
            const run = runs[value.run]?.run ?? '';
            const key = keys.get(JSON.stringify([run, tags[value.tag]]));
            if (key === undefined) continue;
            const raw = Number(value.value);
            const wallTime = Number(value.wallTime);
            const place =
              x === 'step' ? value.step : x === 'wall' ? wallTime : wallTime - state.originOf(run);
            const smoothed = Number(value.smoothed ?? value.value);
            readings.set(key, { x: place, raw, smoothed, step: value.step, wallTime });
          }
          setFound({ of, readings });
        },
        (error: unknown) => {
          if (!abort.signal.aborted) console.warn('Values at the selected place cannot be read:', error);
        },
      );
    }, REST_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [state, source, of]);
  return found?.of === of ? found.readings : NONE;
}
