import { type Store, useStoreValue } from '../ui/store.js';

/** Says what in the address a page cannot show, and what it shows instead. The place is there on all pages, mostly empty. */
export function AddressNotice({ problems }: { problems: Store<readonly string[]> }) {
  const sentences = useStoreValue(problems);
  return (
    <div className="address-notice" role="status">
      {sentences.length > 0 && (
        <p className="notice is-warn" data-address-problems>
          {sentences.join(' ')}
        </p>
      )}
    </div>
  );
}
