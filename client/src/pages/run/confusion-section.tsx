/** A line in the rail that opens the confusion matrix over the test set. */
import { CONFUSION_MATRIX_TAG } from '@convscope/shared/run-description.js';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { formatStep } from '../../ui/format.js';
import { useStoreValue } from '../../ui/store.js';
import { refAt } from './frames/frame.js';
import { useRunPage } from './run-page-context.js';
import './confusion.css';

const Matrix = lazy(async () => ({ default: (await import('./confusion-matrix.js')).Matrix }));

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
        <Suspense fallback={<p className="small muted">Reading the matrix.</p>}>
          <Matrix at={ref} classes={run.start.data.classes} />
        </Suspense>
      </Dialog>
    </section>
  );
}
