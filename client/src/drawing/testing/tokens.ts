/** Tokens of the light theme as a test needs them: read from tokens.css, the only place where colours are written. */
import css from '../../styles/tokens.css?raw';
import type { Tokens } from '../tokens.js';

function readRoot(): Tokens {
  const root = css.split('[data-theme="dark"]')[0] ?? '';
  const tokens: Record<string, string> = { font: 'sans-serif' };
  for (const [, name, value] of root.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)) tokens[name!] = value!;
  return tokens as unknown as Tokens;
}

export const TEST_TOKENS: Tokens = readRoot();
