/** The histograms of one tag of a run: a choice of its steps, fetched as they are needed. */
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { type BlobRows, refAtStep } from '../../blobs/blobs.js';
import { type CaptureRef, captureKey } from '../../blobs/capture-ref.js';
import { useBlobRows, useBlobs } from '../../blobs/use-blobs.js';
import { type Span, windowOf } from '../../charts/span.js';
import { oncePerFrame } from '../../ui/animation-frame.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { chosenSteps, placesWithin } from './chosen-steps.js';
import { type HistogramAt, histogramAt } from './histogram-at.js';
import type { SharedWishes } from './shared-wishes.js';

export interface Histograms {
  /** What was chosen of the log. */
  readonly of: Chosen;
  /** Whether all have come, or cannot come. */
  readonly isAll: boolean;
  /** Those that have come, in ascending order of steps. */
  readonly shown: readonly HistogramAt[];
  /** How many are to be shown. */
  readonly wanted: number;
  /** How many steps the log has in the part that is shown, of which every so many are shown. */
  readonly steps: number;
  readonly every: number;
  /** Why some of them cannot be shown. */
  readonly error: string | undefined;
  /** Whether the log has been asked what steps it has. */
  readonly isKnown: boolean;
}

interface Chosen {
  readonly refs: readonly CaptureRef[];
  readonly steps: number;
  readonly every: number;
}

const NOTHING: Chosen = { refs: [], steps: 0, every: 1 };

function choose(rows: BlobRows | undefined, span: Span | undefined, most: number): Chosen {
  if (rows === undefined || rows.count === 0) return NOTHING;
  const { steps } = rows.column;
  const axis = { first: steps[0] ?? 0, last: steps.at(-1) ?? 0 };
  const { first, last } = windowOf(span, axis);
  const { from, to } = placesWithin(steps, first, last);
  const chosen = chosenSteps(steps, from, to, most);
  const refs = chosen.steps.flatMap((step) => refAtStep(rows, step) ?? []);
  return { refs, steps: to - from, every: chosen.every };
}

/** The newest one first, then ever finer, so that a few give a picture of all. */
function byImportance(refs: readonly CaptureRef[]): readonly CaptureRef[] {
  const ordered = new Set<CaptureRef>(refs.slice(-1));
  for (let apart = 2 ** Math.ceil(Math.log2(Math.max(1, refs.length))); apart >= 1; apart /= 2)
    for (let at = 0; at < refs.length; at += apart) ordered.add(refs[at]!);
  return [...ordered];
}

export interface HistogramsOptions {
  readonly run: string;
  readonly tag: string;
  readonly span: Span | undefined;
  /** About how many steps are shown at once. */
  readonly most: number;
  readonly wishes: SharedWishes;
}

export function useHistograms({ run, tag, span, most, wishes }: HistogramsOptions): Histograms {
  const blobs = useBlobs();
  const rows = useBlobRows({ run, tag, kind: 'histogram' });
  const chosen = useMemo(() => choose(rows, span, most), [rows, span, most]);
  // What has been shown stays, even if the cache has dropped it to make room.
  const kept = useRef(new Map<string, HistogramAt>());
  const last = useRef<Histograms>(undefined);
  const snapshot = useCallback((): Histograms => {
    const shown: HistogramAt[] = [];
    const next = new Map<string, HistogramAt>();
    let failed = 0;
    let error: string | undefined;
    for (const ref of chosen.refs) {
      const key = captureKey(ref);
      let histogram = kept.current.get(key);
      const loaded = histogram === undefined ? blobs.event(ref) : undefined;
      if (loaded !== undefined && 'error' in loaded) {
        error = loaded.error;
        failed++;
      } else if (loaded?.decoded.kind === 'histogram') {
        histogram = histogramAt(loaded.decoded, ref.at.wallTime);
      }
      if (histogram === undefined) continue;
      next.set(key, histogram);
      shown.push(histogram);
    }
    kept.current = next;
    const before = last.current;
    const isAll = shown.length + failed === chosen.refs.length;
    // Drawn again when there are twice as many, or all: not with each that comes.
    if (before?.of === chosen && (isAll ? before.isAll : shown.length < Math.max(1, 2 * before.shown.length)))
      return before;
    const { steps, every, refs } = chosen;
    const isKnown = rows !== undefined;
    const histograms = { of: chosen, shown, isAll, wanted: refs.length, steps, every, error, isKnown };
    last.current = histograms;
    return histograms;
  }, [blobs, chosen, rows]);
  const subscribe = useCallback(
    (listener: () => void) => {
      let isGone = false;
      const inFrame = oncePerFrame(() => {
        if (!isGone) listener();
      });
      const unsubscribe = blobs.version.subscribe(inFrame);
      return () => {
        isGone = true;
        unsubscribe();
      };
    },
    [blobs],
  );
  const histograms = useSyncExternalStore(subscribe, snapshot, snapshot);
  const { shown, isKnown, isAll } = histograms;
  const missing = useMemo(() => {
    if (isAll) return [];
    const here = new Set(shown.map(({ step }) => step));
    return byImportance(chosen.refs.filter(({ at }) => !here.has(at.step)));
  }, [chosen, shown, isAll]);
  useWaiting(!isKnown || missing.length > 0);
  const plot = useRef({}).current;
  useEffect(() => wishes.set(plot, isKnown ? missing : undefined), [wishes, plot, missing, isKnown]);
  useEffect(() => () => wishes.set(plot, []), [wishes, plot]);
  return histograms;
}
