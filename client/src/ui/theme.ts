export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The theme that an address asks for, as `#run?theme=dark`. */
export function themeIn(hash: string): Theme | undefined {
  const theme = new URLSearchParams(hash.split('?')[1] ?? '').get('theme');
  return THEMES.find((one) => one === theme);
}

const KEY = 'convscope.theme';
const SYSTEM_IS_DARK = '(prefers-color-scheme: dark)';

/** The requested theme, or the one that first-paint.js has set on the page, or the system's. */
export function currentTheme(asked: Theme | undefined): Theme {
  if (asked !== undefined) return asked;
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return matchMedia(SYSTEM_IS_DARK).matches ? 'dark' : 'light';
}

/** Calls back with the system's theme whenever it changes, such as in the evening. */
export function watchSystemTheme(changed: (theme: Theme) => void): void {
  matchMedia(SYSTEM_IS_DARK).addEventListener('change', ({ matches }) => changed(matches ? 'dark' : 'light'));
}

/** Whether somebody has chosen a theme in this browser. */
export function isThemeChosen(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    // Storage may be blocked: then nothing has been kept.
    return false;
  }
}

export function applyTheme(theme: Theme): void {
  if (document.documentElement.dataset.theme !== theme) document.documentElement.dataset.theme = theme;
}

/** Keeps the choice in this browser. */
export function storeTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch (error) {
    console.warn('The theme cannot be remembered:', error);
  }
}
