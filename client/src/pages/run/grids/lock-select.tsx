import { memo } from 'react';
import { LOCKS, type Lock } from '../../../drawing/limits.js';
import { Select } from '../../../ui/select.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';

/**
 * The scale lock, which all grids share. `name` is the grid that it belongs to: "the output". Memoised, because legends
 * render with every new map.
 */
export const LockSelect = memo(function LockSelect({ name }: { name: string }) {
  const app = useRunPage();
  const lock = useStore(app.view, (view) => view.lock);
  return (
    <Select<Lock>
      look="tiny"
      label={`Scale lock of ${name}`}
      text="locked to"
      title="Scale lock: channel, layer, run (S)"
      value={lock}
      options={LOCKS.map((one) => [one, one] as const)}
      onChange={(next) => app.show({ lock: next, limits: {} })}
    />
  );
});
