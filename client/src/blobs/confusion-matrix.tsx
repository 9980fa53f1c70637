/** The table of a confusion matrix. Loaded, with what reads it, when somebody asks for it. */
import { messageOf } from '@convscope/shared/message-of.js';
import { useEffect, useState } from 'react';
import { decodeForDrawing } from '../decode/decode-event.js';
import { useRuns } from '../runs/runs-context.js';
import { Button } from '../ui/button.js';
import { formatPercent, formatStep } from '../ui/format.js';
import { type CaptureRef, captureKey } from './capture-ref.js';
import { accuracyOf, type ConfusionRow, confusionRows } from './confusion.js';
import { withRetries } from './retries.js';
import './confusion-matrix.css';

/** A larger table would be slow to render, and nobody could read it. */
const MOST_CLASSES = 100;

type Outcome = { readonly rows: readonly ConfusionRow[] } | { readonly error: string };

/** The matrix, and a function that reads it again. */
function useMatrix(
  at: CaptureRef,
  classes: readonly string[],
): readonly [outcome: Outcome | undefined, again: () => void] {
  const { source } = useRuns();
  const [attempt, setAttempt] = useState(0);
  const key = `${captureKey(at)}\n${attempt}`;
  const [loaded, setLoaded] = useState<{ readonly key: string; readonly outcome: Outcome } | undefined>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the place of the record
  useEffect(() => {
    const abort = new AbortController();
    const show = (outcome: Outcome): void => {
      if (!abort.signal.aborted) setLoaded({ key, outcome });
    };
    withRetries(() => source.event(at.run, at.generation, at.at, abort.signal), abort.signal).then(
      (bytes) => show(readMatrix(bytes, at, classes)),
      (error: unknown) => show({ error: messageOf(error) }),
    );
    return () => abort.abort();
  }, [source, key, classes]);
  return [loaded?.key === key ? loaded.outcome : undefined, () => setAttempt((before) => before + 1)];
}

function readMatrix(bytes: Uint8Array, { tag, kind }: CaptureRef, classes: readonly string[]): Outcome {
  try {
    const decoded = decodeForDrawing({ bytes, tag, kind });
    if (decoded.kind !== 'tensor') return { error: `${tag} is not a tensor.` };
    return { rows: confusionRows(decoded.values, decoded.shape, classes) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

export interface MatrixProps {
  readonly at: CaptureRef;
  /** Names of the classes, as far as they are known. */
  readonly classes: readonly string[];
  /** What was counted. */
  readonly examples: string;
}

export function Matrix({ at, classes, examples }: MatrixProps) {
  const [outcome, again] = useMatrix(at, classes);
  if (outcome === undefined) return <p className="small muted">Reading the matrix.</p>;
  if ('error' in outcome) {
    return (
      <>
        <p className="small is-bad">{outcome.error}</p>
        <Button onClick={again}>Try again</Button>
      </>
    );
  }
  const { rows } = outcome;
  const accuracy = accuracyOf(rows);
  const counted = rows.reduce((sum, { total }) => sum + total, 0);
  return (
    <>
      <p className="small muted">
        After step {formatStep(at.at.step)}, over {formatStep(counted)} {examples}
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
                  title={`${formatStep(count)} of ${formatStep(total)} of ${name} are taken for ${rows[column]!.name}`}
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
