/** Chooses the columns of the run table and the colours of the runs. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { Popover } from '@base-ui/react/popover';
import { useEffect, useMemo, useState } from 'react';
import { Icon } from '../../ui/icons.js';
import { Select } from '../../ui/select.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useRuns } from '../runs-context.js';
import { BUILT_IN_COLUMNS, type ColumnId, columnTitle, configNames } from './columns.js';
import { type Colouring, patternOf } from './run-places.js';
import './table-options.css';

/** More columns than these are found by the search. */
const MOST_LISTED = 200;

export function TableOptions() {
  const [open, setOpen] = useState(false);
  return (
    // The Content-Security-Policy of the page forbids <style> elements.
    <CSPProvider disableStyleElements>
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger
          className="button icon-only"
          aria-label="Columns and colours"
          title="Columns and colours"
        >
          <Icon name="columns" />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner
            className="popup-place"
            side="bottom"
            align="end"
            sideOffset={4}
            collisionPadding={8}
          >
            <Popover.Popup
              className="popup table-options"
              data-takes-keys=""
              aria-label="Columns and colours"
            >
              <Colours />
              <Columns />
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
    </CSPProvider>
  );
}

function Columns() {
  const { table, list } = useRuns();
  const chosen = useStoreValue(table.columns);
  const runs = useStore(list, (one) => one?.runs);
  const configs = useStoreValue(table.facts.configs);
  const tags = useStoreValue(table.facts.tags);
  const [search, setSearch] = useState('');
  useEffect(() => table.facts.wantTags(), [table]);
  const groups = useMemo(() => {
    const wanted = (id: ColumnId) => columnTitle(id).toLowerCase().includes(search.trim().toLowerCase());
    const names = configNames(runs ?? [], { configs }).map(({ name }) => `config:${name}`);
    return [
      { title: 'Run', ids: BUILT_IN_COLUMNS.filter((id) => id !== 'name').filter(wanted) },
      { title: 'Configuration', ids: names.filter(wanted) },
      { title: 'Scalars', ids: (tags ?? []).map((tag) => `last:${tag}`).filter(wanted) },
    ].filter(({ ids }) => ids.length > 0);
  }, [runs, configs, tags, search]);
  const set = (id: ColumnId, shown: boolean) =>
    table.change({ columns: shown ? [...chosen, id] : chosen.filter((one) => one !== id) });
  return (
    <>
      <div className="options-head">
        <h3 className="heading">Columns</h3>
        <button type="button" className="link small" onClick={() => table.change({ columns: undefined })}>
          usual ones
        </button>
      </div>
      <label className="field">
        <Icon name="search" />
        <input
          aria-label="Search columns"
          placeholder="configuration value or scalar"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </label>
      {groups.map(({ title, ids }) => (
        <fieldset key={title} className="options-group">
          <legend className="micro">{title}</legend>
          {ids
            .slice(0, MOST_LISTED)
            .map((id) =>
              id.startsWith('last:') ? (
                <ScalarColumn key={id} tag={id.slice('last:'.length)} chosen={chosen} onSet={set} />
              ) : (
                <Check
                  key={id}
                  label={columnTitle(id)}
                  checked={chosen.includes(id)}
                  onChange={(on) => set(id, on)}
                />
              ),
            )}
          {ids.length > MOST_LISTED && (
            <p className="micro">and {ids.length - MOST_LISTED} more: search for one</p>
          )}
        </fieldset>
      ))}
      {tags === undefined && <p className="micro">The scalars are being listed.</p>}
    </>
  );
}

/** Newest, lowest and highest value of a scalar. */
function ScalarColumn(props: {
  readonly tag: string;
  readonly chosen: readonly ColumnId[];
  readonly onSet: (id: ColumnId, shown: boolean) => void;
}) {
  const { tag, chosen, onSet } = props;
  return (
    <div className="scalar-column">
      <span className="ellipsis grow small" title={tag}>
        {tag}
      </span>
      {(['last', 'min', 'max'] as const).map((of) => (
        <Check
          key={of}
          label={of}
          name={`${of} of ${tag}`}
          checked={chosen.includes(`${of}:${tag}`)}
          onChange={(on) => onSet(`${of}:${tag}`, on)}
        />
      ))}
    </div>
  );
}

function Check(props: {
  readonly label: string;
  readonly name?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  return (
    <label className="check small">
      <input
        type="checkbox"
        aria-label={props.name}
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <span className="ellipsis">{props.label}</span>
    </label>
  );
}

const BY_NAME = 'name';
const BY_GROUP = 'group';

/** By what the runs have their colours. */
function Colours() {
  const { table, list } = useRuns();
  const { colouring, picked, showsArchived } = useStoreValue(table.preferences);
  const runs = useStore(list, (one) => one?.runs);
  const options = useMemo(
    (): (readonly [string, string])[] => [
      [BY_NAME, 'run'],
      [BY_GROUP, 'pattern of names'],
      ...configNames(runs ?? []).map(({ name }) => [`value:${name}`, name] as const),
    ],
    [runs],
  );
  const value = colouring.by === 'value' ? `value:${colouring.name}` : colouring.by;
  const choose = (next: string): void => {
    const colours: Colouring =
      next === BY_NAME
        ? { by: 'name' }
        : next === BY_GROUP
          ? { by: 'group', pattern: '^[^/]+' }
          : { by: 'value', name: next.slice('value:'.length) };
    table.change({ colouring: colours });
  };
  return (
    <>
      <div className="options-head">
        <h3 className="heading">Colours</h3>
        {Object.keys(picked).length > 0 && (
          <button type="button" className="link small" onClick={() => table.change({ picked: {} })}>
            forget picked ones
          </button>
        )}
      </div>
      <Select label="Colours by" text="by" value={value} options={options} look="boxed" onChange={choose} />
      {colouring.by === 'group' && (
        <label className="field">
          <input
            aria-label="Pattern of names: runs that match alike have the same colour"
            aria-invalid={patternOf(colouring.pattern) === undefined}
            placeholder="such as lr=([^_]+)"
            value={colouring.pattern}
            onChange={(event) => table.change({ colouring: { by: 'group', pattern: event.target.value } })}
          />
        </label>
      )}
      <Check
        label="show archived runs"
        checked={showsArchived}
        onChange={(on) => table.change({ showsArchived: on })}
      />
    </>
  );
}
