export type Theme = 'light' | 'dark';

/** The theme that an address asks for, as `#run?theme=dark`. */
export function themeIn(hash: string): Theme | undefined {
  const theme = new URLSearchParams(hash.split('?')[1] ?? '').get('theme');
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

const KEY = 'convscope.theme';

/** The requested theme, or the one that first-paint.js has set on the page, or the system's. */
export function currentTheme(asked: Theme | undefined): Theme {
  if (asked !== undefined) return asked;
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
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
