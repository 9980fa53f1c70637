/** Copies text, also where the clipboard API is missing, as on plain http beyond localhost. */
import { createStore } from './store.js';

/** Text that the browser does not let the page copy: shown selected, so that the user can. */
export const uncopied = createStore<string | undefined>(undefined);

/** Call while handling a click or a key: browsers allow copying only then. Returns whether the text was copied. */
export async function copyText(text: string): Promise<boolean> {
  // The type says that it is always there.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text);
      return true;
    } catch (error) {
      console.warn('The clipboard cannot be written to:', error);
    }
  }
  if (copiedByCommand(text)) return true;
  uncopied.set(text);
  return false;
}

/** The way of before the clipboard API: selects the text in a field and copies the selection. */
function copiedByCommand(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } catch (error) {
    console.warn('The browser cannot copy a selection:', error);
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}
