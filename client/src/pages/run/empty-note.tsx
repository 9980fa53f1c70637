import { lazily } from '../../ui/lazily.js';
import { useStoreValue } from '../../ui/store.js';
import { useRunPage } from './run-page-context.js';

const MissingNote = lazily(async () => (await import('./missing-run.js')).MissingNote, null);

/** What the page for a logdir without runs says above all: that the run of the address is not there. */
export function EmptyNote() {
  const missing = useStoreValue(useRunPage().missing);
  return missing === undefined ? null : <MissingNote missing={missing} />;
}
