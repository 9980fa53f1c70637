import { memo } from 'react';
import { plural } from '../../../ui/format.js';
import { Icon } from '../../../ui/icons.js';
import { useStore } from '../../../ui/store.js';
import { Toggle } from '../../../ui/toggle.js';
import { FLAG_NAMES } from '../flag-names.js';
import type { LayerView } from '../frames/layers.js';
import { useRunPage } from '../run-page-context.js';
import { FLAGS, type Flag } from '../state/view-state.js';
import '../../../ui/chip.css';

/** Flags that are shown even when no channel has them: those that are judged for the layer. */
function usualFlags(layer: LayerView): readonly Flag[] {
  const activation = layer.description?.activation;
  if (activation === 'none') return ['duplicate', 'non-finite'];
  return activation === 'relu'
    ? ['dead', 'always-on', 'duplicate', 'non-finite']
    : ['dead', 'duplicate', 'non-finite'];
}

/** Duplicates are found in the maps that are logged, and all else in the limits of the channels, which may cover more pictures. */
function judgedBy(flag: Flag, pictures: number): string {
  return flag === 'duplicate' || pictures === 0 ? 'the logged maps' : plural(pictures, 'picture');
}

/**
 * How many channels of the layer have which condition; a click shows them. Memoised, because the pane renders with every new
 * map. `counts`: those of FLAGS. `pictures`: how many their limits cover.
 */
export const FlagChips = memo(function FlagChips(props: {
  readonly layer: LayerView;
  readonly counts: readonly number[];
  readonly pictures: number;
}) {
  const { layer, counts, pictures } = props;
  const app = useRunPage();
  const flag = useStore(app.view, (view) => view.flag);
  const usual = usualFlags(layer);
  return FLAGS.map((one, index) => {
    const count = counts[index] ?? 0;
    if (count === 0 && !usual.includes(one)) return null;
    const content = (
      <>
        <span className={count > 0 ? `flag-${one}` : 'faint'}>
          <Icon name={one} />
        </span>
        <span className="flag-name">{FLAG_NAMES[one]}</span> {count}
      </>
    );
    if (count === 0 && flag !== one) {
      return (
        <span key={one} className="chip faint" title={`${FLAG_NAMES[one]}: none`}>
          {content}
        </span>
      );
    }
    return (
      <Toggle
        key={one}
        className="chip"
        pressed={flag === one}
        title={`Channels that are ${FLAG_NAMES[one]}, judged by ${judgedBy(one, pictures)}; the others stand back (F)`}
        onChange={(pressed) => app.show({ flag: pressed ? one : undefined })}
      >
        {content}
      </Toggle>
    );
  });
});
