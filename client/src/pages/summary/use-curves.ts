/** Curves of some scalars of a run over the time since its start, asked for anew as its log grows. */
import { messageOf } from '@convscope/shared/message-of.js';
import { useEffect, useState } from 'react';
import { useRuns } from '../../runs/runs-context.js';
import { useSameList } from '../../ui/use-same-list.js';
import { curveOf, type SmallCurve } from './curve-path.js';

/** Pixel columns; the charts are narrower. */
const WIDTH = 400;
/** Between two requests for a run that is live. */
const PAUSE_MS = 2_000;

export interface Curves {
  readonly curves: readonly SmallCurve[] | undefined;
  readonly error: string | undefined;
}

/** @param state changes when the log has grown */
export function useCurves(run: string, tags: readonly string[], start: number, state: string): Curves {
  const { source } = useRuns();
  const [found, setFound] = useState<Curves & { readonly run: string }>();
  const wanted = useSameList(tags);
  const isFirst = found?.run !== run;
  useEffect(() => {
    if (wanted.length === 0 || state === '') return;
    const abort = new AbortController();
    const timer = setTimeout(
      () => {
        const request = { x: 'relative', width: WIDTH, replaced: false } as const;
        source.series({ ...request, runs: [run], tags: [...wanted] }, abort.signal).then(
          ({ tags: answered, series }) => {
            const byTag = new Map(
              series.map((one) => [answered[one.tag], curveOf(answered[one.tag] ?? '', one, start)]),
            );
            const curves = wanted.flatMap((tag) => byTag.get(tag) ?? []);
            setFound({ run, curves, error: undefined });
          },
          (error: unknown) => {
            if (!abort.signal.aborted) setFound({ run, curves: undefined, error: messageOf(error) });
          },
        );
      },
      isFirst ? 0 : PAUSE_MS,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [source, run, wanted, start, state, isFirst]);
  return found?.run === run ? found : { curves: undefined, error: undefined };
}
