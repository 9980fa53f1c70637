import { Icon } from '../../ui/icons.js';
import { FLAG_NAMES } from './flag-names.js';
import type { Flag } from './state/view-state.js';

/** How many channels have each condition. */
export function FlagCounts({ counts }: { readonly counts: readonly (readonly [Flag, number])[] }) {
  return counts.map(([flag, count]) => (
    <span key={flag} className={`flag-${flag}`} title={`${count} ${FLAG_NAMES[flag]}`}>
      <Icon name={flag} title={FLAG_NAMES[flag]} />
      {count}
    </span>
  ));
}
