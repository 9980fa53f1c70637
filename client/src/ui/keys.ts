/** Elements that handle keys themselves: text fields, open menus and listboxes, buttons of listboxes, dialogs. */
const TAKES_KEYS = [
  'input:not([type=checkbox], [type=radio], [type=range])',
  'textarea',
  '[contenteditable=true]',
  '[data-takes-keys]',
  '[data-takes-keys] *',
].join();

/** Whether a keydown is a page shortcut, rather than input for a control, the browser or the system. */
export function isForPage(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  return !(event.target instanceof Element && event.target.matches(TAKES_KEYS));
}
