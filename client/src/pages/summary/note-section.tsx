/** What the user has noted on a run. */
import { RUN_ACTION_LIMITS } from '@convscope/shared/protocol/run-actions.js';
import { useEffect, useRef, useState } from 'react';
import { useRuns } from '../../runs/runs-context.js';
import { useDraft } from '../../runs/table/use-draft.js';
import { useForbidden } from '../../runs/table/use-forbidden.js';
import { Button } from '../../ui/button.js';
import { useStoreValue } from '../../ui/store.js';
import { Section } from './parts.js';

export function NoteSection({ run, note }: { readonly run: string; readonly note: string | undefined }) {
  const { actions } = useRuns().table;
  const forbidden = useForbidden();
  const said = useStoreValue(actions.said);
  const [isEdited, setEdited] = useState(false);
  return (
    <Section name="Note">
      {isEdited ? (
        <NoteForm
          note={note ?? ''}
          onSave={(text) => actions.annotate([run], { note: text })}
          onClose={() => setEdited(false)}
        />
      ) : (
        <>
          {note !== undefined && <p className="summary-noted small">{note}</p>}
          <Button
            disabled={forbidden !== undefined}
            focusableWhenDisabled
            title={forbidden}
            onClick={() => setEdited(true)}
          >
            {note === undefined ? 'Add a note…' : 'Edit…'}
          </Button>
          {forbidden !== undefined && <p className="micro">{forbidden}</p>}
        </>
      )}
      {said?.isBad && (
        <p className="small is-bad" role="alert">
          {said.sentence}
        </p>
      )}
    </Section>
  );
}

function NoteForm(props: {
  /** As it is now: others may change it meanwhile. */
  readonly note: string;
  readonly onSave: (text: string) => Promise<boolean>;
  readonly onClose: () => void;
}) {
  const { note, onSave, onClose } = props;
  const [opened] = useState(note);
  const { text, setText, save, isSaving } = useDraft(opened, onSave, onClose);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
    // A note is mostly added to.
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, []);
  return (
    <form onSubmit={save}>
      <textarea
        ref={field}
        className="text-field"
        aria-label="Note"
        rows={6}
        maxLength={RUN_ACTION_LIMITS.noteLength}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save(event);
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          onClose();
        }}
      />
      {note !== opened && !isSaving && (
        <div className="small summary-note-changed" role="alert">
          <p className="is-warn">
            {note === ''
              ? 'The note was removed elsewhere after you opened it. Save brings it back as it is here.'
              : 'The note was changed elsewhere after you opened it. Save replaces what it says now:'}
          </p>
          {note !== '' && <p className="summary-noted">{note}</p>}
        </div>
      )}
      <div className="summary-note-buttons">
        <Button type="submit" disabled={isSaving} focusableWhenDisabled title="Save (Ctrl Enter)">
          Save
        </Button>
        <Button quiet onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
