/** What takes keys as text, or by itself: an open listbox and the button that opens it, and a dialog. */
const TAKES_KEYS = [
  'input:not([type=checkbox], [type=radio], [type=range])',
  'textarea',
  '[contenteditable=true]',
  '[data-takes-keys]',
  '[data-takes-keys] *',
].join();

/** Whether a key is for the page: not for a field, an open list or dialog, the browser or the system. */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  return !(event.target instanceof Element && event.target.matches(TAKES_KEYS));
}
