/** What both kinds of score maps have in common. */
import { PROBE_INPUT_TAG } from '@convscope/shared/run-description.js';
import { useEffect } from 'react';
import { useBlobRows, useBlobs } from '../../../blobs/use-blobs.js';
import { Button } from '../../../ui/button.js';
import { formatStep } from '../../../ui/format.js';
import { useStore, useStoreList } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { areSameProbes, firstOfProbes } from './score-maps.js';

export interface Score {
  readonly probe: number;
  readonly label: number;
  /** Of the class. */
  readonly name: string;
  readonly step: number | undefined;
  /** Of the picture, in pixels. */
  readonly side: number;
}

/** Whether the probes at two steps are the same pictures; undefined while that is not known. */
export function useSameProbes(one: number | undefined, other: number | undefined): boolean | undefined {
  const run = useStore(useRunPage().run, (view) => view?.run) ?? '';
  const rows = useBlobRows({ run, tag: PROBE_INPUT_TAG, kind: 'tensor' });
  if (rows === undefined || one === undefined || other === undefined) return undefined;
  return areSameProbes(rows.column, one, other);
}

/** The first step at which the log has a map; undefined while that is not known. */
export type FirstStep = number | 'none' | undefined;

/** Of each tag, the first step with a map of the pictures that are the probes at the shown step. */
export function useFirstSteps(tags: readonly string[], shown: number | undefined): readonly FirstStep[] {
  const run = useStore(useRunPage().run, (view) => view?.run) ?? '';
  const blobs = useBlobs();
  const names = tags.join('\n');
  useEffect(() => {
    const open = names === '' ? [] : names.split('\n').map((tag) => blobs.open({ run, tag, kind: 'tensor' }));
    return () => {
      for (const close of open) close();
    };
  }, [blobs, run, names]);
  const probes = useBlobRows({ run, tag: PROBE_INPUT_TAG, kind: 'tensor' });
  return useStoreList(blobs.version, () =>
    tags.map((tag) => {
      const maps = blobs.rows({ run, tag, kind: 'tensor' });
      const isKnown = maps?.isComplete === true && (probes === undefined || probes.isComplete);
      if (!isKnown || shown === undefined) return undefined;
      const { steps } = maps.column;
      return (probes === undefined ? steps[0] : firstOfProbes(steps, probes.column, shown)) ?? 'none';
    }),
  );
}

/** What is said where no map can be shown at the playhead. */
export function NoMap(props: {
  readonly what: string;
  readonly isLogged: boolean | undefined;
  readonly firstStep: FirstStep;
}) {
  const app = useRunPage();
  const { what, isLogged, firstStep } = props;
  if (isLogged === undefined || (isLogged && firstStep === undefined))
    return <p className="small muted">Loading.</p>;
  if (isLogged && typeof firstStep === 'number')
    return (
      <p className="small muted">
        The first {what} is of step {formatStep(firstStep)}.{' '}
        <Button onClick={() => app.holdAt(firstStep)}>Go there</Button>
      </p>
    );
  return (
    <p className="small muted">
      The log holds no {what}. It is computed when it is asked for, while the run trains.
    </p>
  );
}

/** What is said where the newest map at the playhead is of other pictures. */
export function OtherProbes(props: {
  readonly what: string;
  readonly step: number;
  readonly firstStep: FirstStep;
}) {
  const app = useRunPage();
  const { what, step, firstStep } = props;
  return (
    <p className="small muted">
      The newest {what}, of step {formatStep(step)}, is of other probe pictures.
      {typeof firstStep === 'number' && (
        <>
          {' '}
          The first of these is of step {formatStep(firstStep)}.{' '}
          <Button onClick={() => app.holdAt(firstStep)}>Go there</Button>
        </>
      )}
    </p>
  );
}

/** Leads to the newest map where it is of a later step than the shown one. */
export function NewerMap({ shown, newest }: { readonly shown: number; readonly newest: number | undefined }) {
  const app = useRunPage();
  if (newest === undefined || newest <= shown) return null;
  return (
    <button type="button" className="link micro" onClick={() => app.holdAt(newest)}>
      Go to the newest, of step {formatStep(newest)}
    </button>
  );
}
