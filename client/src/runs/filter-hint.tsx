import { useStore, useStoreValue } from '../ui/store.js';
import { useRuns } from './runs-context.js';

/** Where runs have nothing to show: how many others the filter leaves out, since a narrow page does not show the filter. */
export function FilterHint() {
  const { filter, list, table } = useRuns();
  const text = useStoreValue(filter);
  const { showsArchived } = useStoreValue(table.preferences);
  const listed = useStore(table.listed, ({ runs }) => runs.length);
  const all = useStore(
    list,
    (one) => one?.runs.filter(({ archived }) => showsArchived || archived !== true).length ?? 0,
  );
  if (text === '' || listed >= all) return null;
  return (
    <>
      The filter “{text}” leaves out {all - listed} of {all} runs.{' '}
      <button type="button" className="link" onClick={() => filter.set('')}>
        Clear it
      </button>
    </>
  );
}
