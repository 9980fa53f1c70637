/** Column widths that the user has set, in pixels, kept in localStorage; without storage, until the page is closed. */
const KEY = 'convscope.widths';

let widths: Record<string, number> | undefined;
let hasWarned = false;

function warnOnce(error: unknown): void {
  if (!hasWarned) console.warn('The widths of columns cannot be kept:', error);
  hasWarned = true;
}

function read(): Record<string, number> {
  const kept: Record<string, number> = {};
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return kept;
    for (const [name, width] of Object.entries(stored))
      if (typeof width === 'number' && width > 0 && Number.isFinite(width)) kept[name] = width;
  } catch (error) {
    warnOnce(error);
  }
  return kept;
}

function change(next: Record<string, number>): void {
  widths = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch (error) {
    warnOnce(error);
  }
}

export function keptWidth(name: string): number | undefined {
  widths ??= read();
  return widths[name];
}

export function keepWidth(name: string, width: number): void {
  widths ??= read();
  if (widths[name] !== width) change({ ...widths, [name]: width });
}

export function forgetWidth(name: string): void {
  const { [name]: _, ...others } = widths ?? read();
  change(others);
}
