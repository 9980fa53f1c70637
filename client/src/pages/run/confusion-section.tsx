/** A line in the rail that opens the confusion matrix over the test set. */
import { CONFUSION_MATRIX_TAG } from '@convscope/shared/run-description.js';
import { useState } from 'react';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { formatStep } from '../../ui/format.js';
import { lazily } from '../../ui/lazily.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { useStoreValue } from '../../ui/store.js';
import { refAt } from './frames/frame.js';
import { useRunPage } from './run-page-context.js';
import './confusion.css';

const WAITING = <p className="small muted">Reading the matrix.</p>;
const Matrix = lazily(async () => (await import('./confusion-matrix.js')).Matrix, WAITING);

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
        <PartBoundary name="The table" of="">
          <Matrix at={ref} classes={run.start.data.classes} />
        </PartBoundary>
      </Dialog>
    </section>
  );
}
