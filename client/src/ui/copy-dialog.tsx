import { uncopied } from './copy-text.js';
import { Dialog } from './dialog.js';
import { useStoreValue } from './store.js';

/** Shows text that the page was not allowed to copy, selected. */
export function CopyDialog() {
  const text = useStoreValue(uncopied);
  return (
    <Dialog open={text !== undefined} title="Copy this text" onClose={() => uncopied.set(undefined)}>
      <p className="small muted">The browser does not let this page copy: press Ctrl+C, or Cmd+C on a Mac.</p>
      <textarea
        className="mono copy-field"
        aria-label="Text to copy"
        readOnly
        rows={Math.min(12, (text ?? '').split('\n').length + 2)}
        value={text ?? ''}
        ref={(field) => field?.select()}
        onFocus={(event) => event.currentTarget.select()}
      />
    </Dialog>
  );
}
