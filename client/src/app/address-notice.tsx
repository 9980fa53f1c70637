import { type Store, useStoreValue } from '../ui/store.js';

/** Says what in the address a page cannot show, and what it shows instead. The place is there on all pages, mostly empty. */
export function AddressNotice(props: {
  readonly problems: Store<readonly string[]>;
  /** What is wrong with the address before the page reads it. */
  readonly sentence?: string;
}) {
  const ofPage = useStoreValue(props.problems);
  const sentences = props.sentence === undefined ? ofPage : [props.sentence, ...ofPage];
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
