/** What both kinds of score maps have in common. */
import { PROBE_INPUT_TAG } from '@convscope/shared/run-description.js';
import { useBlobRows } from '../../../blobs/use-blobs.js';
import { Button } from '../../../ui/button.js';
import { formatStep } from '../../../ui/format.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';

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
  return (rows.column.rowAt(one) ?? 0) === (rows.column.rowAt(other) ?? 0);
}

/** What is said where no map can be shown at the playhead. */
export function NoMap(props: {
  readonly what: string;
  readonly isLogged: boolean | undefined;
  readonly firstStep: number | undefined;
}) {
  const app = useRunPage();
  const { what, isLogged, firstStep } = props;
  if (isLogged === undefined) return <p className="small muted">Loading.</p>;
  if (isLogged && firstStep !== undefined)
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
