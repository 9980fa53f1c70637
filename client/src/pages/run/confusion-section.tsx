/** The confusion matrix over the test set: a line in the rail that opens it, and its dialog. */
import { CONFUSION_MATRIX_TAG } from '@convscope/shared/run-description.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { formatStep } from '../../ui/format.js';
import { lazily } from '../../ui/lazily.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { refAt } from './frames/frame.js';
import { useRunPage } from './run-page-context.js';
import './confusion.css';

const WAITING = <p className="small muted">Reading the matrix.</p>;
const Matrix = lazily(async () => (await import('../../blobs/confusion-matrix.js')).Matrix, WAITING);

/** The newest matrix, and the run's description: only with it is it known what rows and columns are. */
function useConfusion() {
  const run = useStoreValue(useRunPage().run);
  if (run?.start === undefined) return undefined;
  const tag = { tag: CONFUSION_MATRIX_TAG, kind: 'tensor' } as const;
  const at = refAt(run.data, tag, Number.POSITIVE_INFINITY);
  return at === undefined ? undefined : { at, start: run.start };
}

export function ConfusionSection() {
  const app = useRunPage();
  const confusion = useConfusion();
  if (confusion === undefined) return null;
  return (
    <section className="section test-set" aria-label="Test set">
      <Button
        quiet
        onClick={() => app.show({ confusion: true }, 'push')}
        title="How often the net takes each class for each other one"
      >
        Confusion matrix
      </Button>
      <span className="micro nowrap">step {formatStep(confusion.at.at.step)}</span>
    </section>
  );
}

/** Apart from the rail, which may be closed. */
export function ConfusionDialog() {
  const app = useRunPage();
  const isOpen = useStore(app.view, (view) => view.confusion);
  return (
    <Dialog open={isOpen} title="Confusion matrix" onClose={() => app.show({ confusion: false }, 'push')}>
      {isOpen && <Content />}
    </Dialog>
  );
}

function Content() {
  const confusion = useConfusion();
  const isComplete = useStore(useRunPage().run, (run) => run?.isComplete === true);
  if (confusion === undefined)
    return isComplete ? <p className="small muted">This run has logged no confusion matrix.</p> : WAITING;
  return (
    <PartBoundary name="The table" of="">
      <Matrix at={confusion.at} classes={confusion.start.data.classes} examples="pictures of the test set" />
    </PartBoundary>
  );
}
