/** What can be done with the selected runs. */
import { RUN_ACTION_LIMITS } from '@convscope/shared/protocol/run-actions.js';
import { nameOfRun } from '@convscope/shared/run-name.js';
import { useState } from 'react';
import { Button, type ButtonProps } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { formatStep, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { Select } from '../../ui/select.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { RUN_PLACES, runColour } from '../run-colours.js';
import { useRuns } from '../runs-context.js';
import { useRunTitles } from '../use-run-titles.js';
import { useDraft } from './use-draft.js';
import { useForbidden } from './use-forbidden.js';
import './selection-bar.css';

/** Names that a dialog lists. */
const MOST_NAMED = 8;
const BY_RULE = -1;
const COLOUR_NAMES = ['blue', 'orange', 'green', 'plum', 'ochre', 'cyan', 'brown', 'grey'];
const PLACES: readonly (readonly [number, string])[] = [
  [BY_RULE, 'as the others'],
  ...Array.from({ length: RUN_PLACES }, (_, place) => {
    const { line } = runColour(place);
    const colour = COLOUR_NAMES[place % COLOUR_NAMES.length];
    return [place, line === 'solid' ? `${colour}` : `${colour}, ${line}`] as const;
  }),
];

export function SelectionBar() {
  const runs = useRuns();
  const { table } = runs;
  const { actions } = table;
  const selection = useStoreValue(table.selection);
  const said = useStoreValue(actions.said);
  const { baseline, picked } = useStoreValue(table.preferences);
  const live = useStoreValue(actions.live);
  const forbidden = useForbidden();
  const titleOf = useRunTitles();
  const all = useStore(runs.list, (list) => list?.runs);
  const [open, setOpen] = useState<'rename' | 'note' | 'delete' | undefined>(undefined);
  const chosen = [...selection];
  const [only] = chosen.length === 1 ? chosen : [];
  const summary = all?.find(({ run }) => run === only);
  const isArchived =
    chosen.length > 0 && chosen.every((run) => all?.find((one) => one.run === run)?.archived);
  const drawOnly = () => {
    runs.others.set('none');
    runs.shown.set(new Set(chosen));
    runs.hidden.set(new Set());
  };
  return (
    <div className="selection-bar">
      {chosen.length > 0 && (
        <div className="selection-tools" role="toolbar" aria-label="Selected runs">
          <span className="small medium nowrap">{formatStep(chosen.length)} selected</span>
          <Button onClick={drawOnly}>Draw only</Button>
          {only !== undefined && (
            <>
              <Action forbidden={forbidden} onClick={() => setOpen('rename')}>
                Rename…
              </Action>
              <Action forbidden={forbidden} onClick={() => setOpen('note')}>
                Note…
              </Action>
              <Button
                aria-pressed={baseline === only}
                title="Show how the other runs differ from this one, in per cent"
                onClick={() => table.change({ baseline: baseline === only ? undefined : only })}
              >
                Baseline
              </Button>
              <Select
                label="Colour of the run"
                text="colour"
                value={picked[only] ?? BY_RULE}
                options={PLACES}
                onChange={(place) => table.pick(only, place === BY_RULE ? undefined : place)}
              />
            </>
          )}
          <Action
            forbidden={forbidden}
            onClick={() => void actions.annotate(chosen, { archived: !isArchived })}
          >
            {isArchived ? 'Unarchive' : 'Archive'}
          </Action>
          <Action forbidden={forbidden} onClick={() => setOpen('delete')}>
            Delete…
          </Action>
          <Button
            quiet
            iconOnly
            aria-label="Select no run"
            title="Select no run (Escape)"
            onClick={() => table.select([])}
          >
            <Icon name="close" />
          </Button>
        </div>
      )}
      {chosen.length > 0 && forbidden !== undefined && <p className="small muted">{forbidden}</p>}
      {said !== undefined && (
        <p className={said.isBad ? 'small is-bad' : 'small'} role={said.isBad ? 'alert' : 'status'}>
          {said.sentence}{' '}
          {said.undo !== undefined && (
            <button type="button" className="link" onClick={said.undo}>
              Undo
            </button>
          )}{' '}
          <button type="button" className="link" onClick={() => actions.said.set(undefined)}>
            Dismiss
          </button>
        </p>
      )}
      {only !== undefined && (open === 'rename' || open === 'note') && (
        <TextDialog
          key={`${open} ${only}`}
          what={open}
          name={open === 'rename' ? nameOfRun(only) : titleOf(only)}
          initial={(open === 'rename' ? summary?.label : summary?.note) ?? ''}
          problem={said?.isBad ? said.sentence : undefined}
          onSave={(text) => actions.annotate([only], open === 'rename' ? { label: text } : { note: text })}
          onClose={() => setOpen(undefined)}
        />
      )}
      <Dialog
        open={open === 'delete'}
        title={`Delete ${plural(chosen.length, 'run')}?`}
        action={
          <Button
            className="is-danger"
            onClick={() => {
              setOpen(undefined);
              void actions.delete(chosen);
            }}
          >
            Delete
          </Button>
        }
        onClose={() => setOpen(undefined)}
      >
        <Named runs={chosen} />
        <p className="small muted">
          The event files move to the folder .convscope/trash of the logdir. “Archived and deleted runs” at
          the head of the list restores them. Other files stay where they are.
        </p>
      </Dialog>
      <Dialog
        open={live.length > 0}
        title={live.length === 1 ? 'This run is being written' : 'These runs are being written'}
        action={
          <Button
            className="is-danger"
            onClick={() => {
              actions.live.set([]);
              void actions.delete(live, true);
            }}
          >
            Delete all the same
          </Button>
        }
        onClose={() => actions.live.set([])}
      >
        <Named runs={live} />
        <p className="small muted">
          {live.length === 1
            ? 'It has not been deleted yet. The process that writes it may fail, or go on writing into the trash.'
            : 'They have not been deleted yet. The processes that write them may fail, or go on writing into the trash.'}
        </p>
      </Dialog>
    </div>
  );
}

/** A button that changes runs. Where that is forbidden it can be focused but not pressed, and says why. */
function Action({ forbidden, ...props }: ButtonProps & { readonly forbidden: string | undefined }) {
  return <Button disabled={forbidden !== undefined} focusableWhenDisabled title={forbidden} {...props} />;
}

function Named({ runs }: { runs: readonly string[] }) {
  const titleOf = useRunTitles();
  return (
    <ul className="named-runs small">
      {runs.slice(0, MOST_NAMED).map((run) => (
        <li key={run}>
          <bdi>{titleOf(run)}</bdi>
          {titleOf(run) !== nameOfRun(run) && <span className="micro"> {nameOfRun(run)}</span>}
        </li>
      ))}
      {runs.length > MOST_NAMED && <li>and {formatStep(runs.length - MOST_NAMED)} more</li>}
    </ul>
  );
}

function TextDialog(props: {
  readonly what: 'rename' | 'note';
  readonly name: string;
  readonly initial: string;
  /** Why the hub did not take the text. */
  readonly problem: string | undefined;
  readonly onSave: (text: string) => Promise<boolean>;
  readonly onClose: () => void;
}) {
  const { what, name, initial, problem, onSave, onClose } = props;
  const { text, setText, save, isSaving, hasFailed } = useDraft(initial, onSave, onClose);
  return (
    <Dialog open title={what === 'rename' ? `A label for ${name}` : `Note on ${name}`} onClose={onClose}>
      <form className="text-form" onSubmit={save}>
        {what === 'rename' ? (
          <input
            className="text-field"
            aria-label="Label"
            maxLength={RUN_ACTION_LIMITS.labelLength}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        ) : (
          <textarea
            className="text-field"
            aria-label="Note"
            rows={6}
            maxLength={RUN_ACTION_LIMITS.noteLength}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save(event);
            }}
          />
        )}
        {what === 'rename' && (
          <p className="small muted">
            It is shown in place of the name; the folder keeps its name. Empty removes it.
          </p>
        )}
        {hasFailed && (
          <p className="small is-bad" role="alert">
            {problem}
          </p>
        )}
        <Button
          type="submit"
          disabled={isSaving}
          focusableWhenDisabled
          title={what === 'note' ? 'Save (Ctrl Enter)' : undefined}
        >
          Save
        </Button>
      </form>
    </Dialog>
  );
}
