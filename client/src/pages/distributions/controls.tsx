/** The row of controls above the plots. */
import { useId } from 'react';
import { Button } from '../../ui/button.js';
import { formatStep } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { Segments } from '../../ui/segments.js';
import { Select } from '../../ui/select.js';
import { useStoreValue } from '../../ui/store.js';
import { Toggle } from '../../ui/toggle.js';
import { CARD_SIZES, type CardSize, useDistributions } from './distributions-state.js';
import { BIN_COUNTS, type Plot, type XAxis } from './view.js';

const PLOT_NAMES: readonly (readonly [Plot, string])[] = [
  ['offset', 'Offset'],
  ['overlay', 'Overlay'],
  ['percentiles', 'Percentiles'],
  ['layers', 'Layers'],
];
const AXIS_NAMES: readonly (readonly [XAxis, string])[] = [
  ['step', 'step'],
  ['relative', 'relative time'],
  ['wall', 'time of day'],
];

export const TAG_FILTER_ID = 'distributions-tags';

export function Controls({ problem }: { readonly problem: string | undefined }) {
  const { address, preferences } = useDistributions();
  const view = useStoreValue(address.state);
  const kept = useStoreValue(preferences);
  const problemId = useId();
  const hasBins = view.plot === 'offset' || view.plot === 'overlay';
  return (
    <div className="page-controls" role="toolbar" aria-label="Plots">
      <label className="tag-filter">
        <Icon name="search" />
        <input
          id={TAG_FILTER_ID}
          value={view.tags}
          placeholder="Filter tags (regex)"
          aria-label="Filter tags"
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : problemId}
          spellCheck={false}
          onChange={({ target }) => address.show({ tags: target.value.slice(0, 500) })}
          onKeyDown={({ key, currentTarget }) => {
            if (key !== 'Escape') return;
            address.show({ tags: '' });
            currentTarget.blur();
          }}
        />
      </label>
      {problem !== undefined && (
        <span id={problemId} className="small is-bad" role="status">
          {problem}
        </span>
      )}
      <Segments
        label="Plot"
        value={view.plot}
        options={PLOT_NAMES}
        onChange={(plot) => address.show({ plot }, 'push')}
      />
      <Select
        label="x axis"
        text="x "
        value={view.axis}
        options={AXIS_NAMES}
        look="boxed"
        onChange={(axis) => address.show({ axis })}
      />
      <Toggle
        className="button"
        pressed={view.linked}
        title="One axis of values for the cards of a tag, and one of steps for all"
        onChange={(linked) => address.show({ linked })}
      >
        Link axes
      </Toggle>
      {hasBins && (
        <Select
          label="Bins"
          text="bins "
          value={view.bins}
          options={BIN_COUNTS.map((count) => [count, String(count)] as const)}
          look="boxed"
          title="TensorBoard has 30"
          onChange={(bins) => address.show({ bins })}
        />
      )}
      {view.span !== undefined && (
        <Button onClick={() => address.show({ span: undefined })} title="Show all steps">
          steps {formatStep(view.span.from)} to{' '}
          {view.span.to === undefined ? 'the newest' : formatStep(view.span.to)}
          <Icon name="close" />
        </Button>
      )}
      <span className="grow" />
      {view.plot !== 'layers' && (
        <Select<CardSize>
          label="Size of the cards"
          text="cards "
          value={kept.size}
          options={CARD_SIZES.map((size) => [size, size] as const)}
          look="boxed"
          onChange={(size) => preferences.set({ ...kept, size })}
        />
      )}
    </div>
  );
}
