/** The confusion matrix over the test set: a line in the rail, and a dialog with the table. */
import { messageOf } from '@convscope/shared/message-of.js';
import { CONFUSION_MATRIX_TAG } from '@convscope/shared/run-description.js';
import { useEffect, useState } from 'react';
import { useRuns } from '../../runs/runs-context.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { formatPercent, formatStep } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { accuracyOf, type ConfusionRow, confusionRows } from './confusion.js';
import { type CaptureRef, captureKey } from './frames/capture-loader.js';
import { refAt } from './frames/frame.js';
import { useRunPage } from './run-page-context.js';
import './confusion.css';

/** A larger table would be slow to render, and nobody could read it. */
const MOST_CLASSES = 100;

export function ConfusionSection() {
  const app = useRunPage();
  const run = useStoreValue(app.run);
  const [open, setOpen] = useState(false);
  // Only in a run that describes itself is it known what rows and columns are.
  if (run?.start === undefined) return null;
  const tag = { tag: CONFUSION_MATRIX_TAG, kind: 'tensor' } as const;
  const ref = refAt(run.data, tag, Number.POSITIVE_INFINITY);
  if (ref === undefined) return null;
  return (
    <section className="section test-set" aria-label="Test set">
      <Button
        quiet
        onClick={() => setOpen(true)}
        title="How often the net takes each class for each other one"
      >
        Confusion matrix
      </Button>
      <span className="micro nowrap">step {formatStep(ref.at.step)}</span>
      <Dialog open={open} title="Confusion matrix" onClose={() => setOpen(false)}>
        <Matrix at={ref} classes={run.start.data.classes} />
      </Dialog>
    </section>
  );
}

type Outcome = { readonly rows: readonly ConfusionRow[] } | { readonly error: string };

function useMatrix(at: CaptureRef, classes: readonly string[]): Outcome | undefined {
  const { source } = useRuns();
  const key = captureKey(at);
  const [loaded, setLoaded] = useState<{ readonly key: string; readonly outcome: Outcome } | undefined>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the place of the record
  useEffect(() => {
    const abort = new AbortController();
    const show = (outcome: Outcome): void => {
      if (!abort.signal.aborted) setLoaded({ key, outcome });
    };
    source.event(at.run, at.generation, at.at, abort.signal).then(
      async (bytes) => show(await readMatrix(bytes, at, classes)),
      (error: unknown) => show({ error: messageOf(error) }),
    );
    return () => abort.abort();
  }, [source, key, classes]);
  return loaded?.key === key ? loaded.outcome : undefined;
}

async function readMatrix(
  bytes: Uint8Array,
  { tag, kind }: CaptureRef,
  classes: readonly string[],
): Promise<Outcome> {
  try {
    // Loaded when there is a matrix to read.
    const { decodeForDrawing } = await import('../../decode/decode-event.js');
    const decoded = decodeForDrawing({ bytes, tag, kind });
    if (decoded.kind !== 'tensor') return { error: `${tag} is no tensor.` };
    return { rows: confusionRows(decoded.values, decoded.shape, classes) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function Matrix({ at, classes }: { at: CaptureRef; classes: readonly string[] }) {
  const outcome = useMatrix(at, classes);
  if (outcome === undefined) return <p className="small muted">Reading the matrix.</p>;
  if ('error' in outcome) return <p className="small is-bad">{outcome.error}</p>;
  const { rows } = outcome;
  const accuracy = accuracyOf(rows);
  const pictures = rows.reduce((sum, { total }) => sum + total, 0);
  return (
    <>
      <p className="small muted">
        After step {formatStep(at.at.step)}, over the {formatStep(pictures)} pictures of the test set
        {accuracy !== undefined && `: ${formatPercent(accuracy)} are right`}. A row is a true class, a column
        what the net takes it for.
      </p>
      {rows.length > MOST_CLASSES ? (
        <p className="small">
          {formatStep(rows.length)} classes are too many for a table of at most {MOST_CLASSES}.
        </p>
      ) : (
        <Table rows={rows} />
      )}
    </>
  );
}

function Table({ rows }: { rows: readonly ConfusionRow[] }) {
  return (
    <div className="confusion" tabIndex={0} role="region" aria-label="Table of the confusion matrix">
      <table>
        <thead>
          <tr>
            <th scope="col">true class</th>
            {rows.map(({ name }) => (
              <th key={name} scope="col" title={name}>
                <span>{name}</span>
              </th>
            ))}
            <th scope="col">recall</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, counts, total, recall }, row) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {counts.map((count, column) => (
                <td
                  key={column}
                  className={row === column ? 'right' : ''}
                  title={`${formatStep(count)} of ${formatStep(total)} pictures of ${name} are taken for ${rows[column]!.name}`}
                >
                  <i style={{ opacity: (0.5 * count) / Math.max(1, total) }} />
                  <span className={count === 0 ? 'faint' : ''}>{formatStep(count)}</span>
                </td>
              ))}
              <td className="recall">{recall === undefined ? '–' : formatPercent(recall)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
