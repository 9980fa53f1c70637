/** The row of controls above the sections. */
import { useRef } from 'react';
import { Button } from '../../ui/button.js';
import { focusBeside } from '../../ui/focus-beside.js';
import { Icon } from '../../ui/icons.js';
import { Select } from '../../ui/select.js';
import { useStoreValue } from '../../ui/store.js';
import type { Facts } from './hparams-data.js';
import { useHparams } from './hparams-state.js';
import type { ShownTable } from './use-table.js';
import type { Extreme, Grouping } from './view.js';

const EXTREME_NAMES: readonly (readonly [Extreme, string])[] = [
  ['last', 'newest'],
  ['min', 'lowest'],
  ['max', 'highest'],
];
const GROUPING_NAMES: readonly (readonly [Grouping, string])[] = [
  ['runs', 'each run'],
  ['groups', 'session group'],
  ['values', 'same values, any seed'],
];
const OF_RUNS = 'run';

export function Controls({ table, facts }: { readonly table: ShownTable; readonly facts: Facts }) {
  const state = useHparams();
  const { address } = state;
  const toolbar = useRef<HTMLDivElement>(null);
  const view = useStoreValue(address.state);
  const tags = [...new Set(table.metrics.map(({ tag }) => tag))];
  const more = facts.scalars.filter((tag) => !tags.includes(tag));
  const colour = table.colouredBy?.id ?? OF_RUNS;
  return (
    <div ref={toolbar} className="page-controls" role="toolbar" aria-label="Hyperparameters">
      {tags.map((tag) => (
        <span key={tag} className="chip">
          {tag}
          <button
            type="button"
            aria-label={`Leave the metric ${tag} out`}
            onClick={({ currentTarget }) => {
              const controls = toolbar.current;
              focusBeside(
                currentTarget,
                controls?.querySelectorAll<HTMLElement>('.chip button') ?? [],
                controls?.querySelector<HTMLElement>(':scope > button'),
              );
              address.show({ metrics: tags.filter((one) => one !== tag) });
            }}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      {more.length > 0 && (
        <Select
          label="Add a metric"
          value=""
          options={[['', '+ metric'] as const, ...more.map((tag) => [tag, tag] as const)]}
          look="boxed"
          onChange={(tag) => {
            if (tag !== '') address.show({ metrics: [...tags, tag] });
          }}
        />
      )}
      <Select
        label="Value of the metrics"
        text="value "
        value={view.extreme}
        options={EXTREME_NAMES}
        look="boxed"
        onChange={(extreme) => address.show({ extreme })}
      />
      <Select
        label="Rows"
        text="one row for "
        value={view.grouping}
        options={GROUPING_NAMES}
        look="boxed"
        onChange={(grouping) => address.show({ grouping })}
      />
      <Select
        label="Colours"
        text="colour "
        value={colour}
        options={[[OF_RUNS, 'run'] as const, ...table.columns.map(({ id, title }) => [id, title] as const)]}
        look="boxed"
        onChange={(id) => address.show({ colour: id })}
      />
      <ColumnChoice table={table} />
      {view.brushes.size > 0 && (
        <Button
          onClick={() => {
            address.show({ brushes: new Map() });
            state.filterRuns(table.all);
          }}
        >
          Show all {table.rows.length}
        </Button>
      )}
    </div>
  );
}

function ColumnChoice({ table }: { readonly table: ShownTable }) {
  const { address } = useHparams();
  const view = useStoreValue(address.state);
  const shown = new Set(table.columns.map(({ id }) => id));
  const toggle = (id: string): void => {
    if (shown.has(id)) {
      address.show({ hidden: [...view.hidden, id], order: view.order.filter((one) => one !== id) });
      return;
    }
    // Naming all that are shown keeps them in their order.
    const order = table.all.filter((one) => one.id === id || shown.has(one.id)).map((one) => one.id);
    address.show({ hidden: view.hidden.filter((one) => one !== id), order });
  };
  return (
    <details className="column-choice">
      <summary className="button">
        columns {shown.size} of {table.all.length}
      </summary>
      <div className="column-list">
        {table.all.map(({ id, title, kind, isConstant }) => (
          <label key={id}>
            <input type="checkbox" checked={shown.has(id)} onChange={() => toggle(id)} />
            <span className="ellipsis">{title}</span>
            <span className="micro">{kind === 'metric' ? 'metric' : isConstant ? 'same in all' : ''}</span>
          </label>
        ))}
      </div>
    </details>
  );
}
