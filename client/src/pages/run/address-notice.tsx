import { useStoreValue } from '../../ui/store.js';
import { useRunPage } from './run-page-context.js';

/** Says what in the address cannot be shown, and what is shown instead. */
export function AddressNotice() {
  const sentences = useStoreValue(useRunPage().problems.sentences);
  if (sentences.length === 0) return null;
  return (
    <p className="notice is-warn" role="status" data-address-problems>
      {sentences.join(' ')}
    </p>
  );
}
