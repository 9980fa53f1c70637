/** The scalar that was chosen last, by its tag, kept in localStorage; without storage, until the page is closed. */
const KEY = 'convscope.curve';

let preferred: string | undefined;
let isRead = false;
let hasWarned = false;

function warnOnce(error: unknown): void {
  if (!hasWarned) console.warn('The choice of a curve cannot be kept:', error);
  hasWarned = true;
}

export function preferredCurve(): string | undefined {
  if (!isRead) {
    isRead = true;
    try {
      preferred = localStorage.getItem(KEY) ?? undefined;
    } catch (error) {
      warnOnce(error);
    }
  }
  return preferred;
}

export function preferCurve(tag: string): void {
  preferred = tag;
  isRead = true;
  try {
    localStorage.setItem(KEY, tag);
  } catch (error) {
    warnOnce(error);
  }
}
