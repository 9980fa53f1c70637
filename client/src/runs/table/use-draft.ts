/** A text that is edited and saved. It stays in its field until the hub has taken it, so that a failure loses nothing. */
import { type SyntheticEvent, useEffect, useRef, useState } from 'react';

export interface Draft {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly save: (event: SyntheticEvent) => void;
  readonly isSaving: boolean;
  readonly hasFailed: boolean;
}

/**
 * @param onSave resolves to whether the text was taken
 * @param onSaved called then, unless the field is gone
 */
export function useDraft(
  initial: string,
  onSave: (text: string) => Promise<boolean>,
  onSaved: () => void,
): Draft {
  const [text, setText] = useState(initial);
  const [state, setState] = useState<'edited' | 'saving' | 'failed'>('edited');
  const isThere = useRef(false);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  const save = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (state === 'saving') return;
    setState('saving');
    void onSave(text.trim()).then((isSaved) => {
      if (!isThere.current) return;
      if (isSaved) onSaved();
      else setState('failed');
    });
  };
  return { text, setText, save, isSaving: state === 'saving', hasFailed: state === 'failed' };
}
