/** Design tokens that canvases need as values. They are defined in tokens.css only. */
const NAMES = [
  'bg',
  'bg-sunk',
  'bg-hover',
  'line',
  'line-strong',
  'text',
  'text-2',
  'text-3',
  'accent',
  'accent-fill',
  'on-accent',
  'accent-wash',
  'ok',
  'warn',
  'bad',
  'nan',
  'nan-fill',
  'inf-fill',
  'neg-inf-fill',
  'dead',
  'sat',
  'dup',
  'hist',
  'well',
  'run-1',
  'run-2',
  'run-3',
  'run-4',
  'run-5',
  'run-6',
  'run-7',
  'run-8',
  'map-zero',
  'map-neg',
  'map-pos',
  'map-neg-mid',
  'map-pos-mid',
  'map-neg-end',
  'map-pos-end',
] as const;

export type TokenName = (typeof NAMES)[number];
export type Tokens = Readonly<Record<TokenName, string>> & { readonly font: string };

/** Reads the tokens of the current theme. */
export function readTokens(): Tokens {
  const style = getComputedStyle(document.documentElement);
  return tokensFrom((property) => style.getPropertyValue(property).trim());
}

/** @param read reads a custom property, such as `--bg` */
export function tokensFrom(read: (property: string) => string): Tokens {
  const tokens: Partial<Record<TokenName | 'font', string>> = { font: read('--font-ui') || 'sans-serif' };
  for (const name of NAMES) tokens[name] = read(`--${name}`);
  return tokens as Tokens;
}
