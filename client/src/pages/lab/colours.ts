/** The tokens that canvases need as values, read anew when the theme changes. */
import { useEffect, useState } from 'react';

const NAMES = [
  'bg',
  'bg-sunk',
  'line',
  'line-strong',
  'text',
  'text-2',
  'text-3',
  'accent',
  'accent-wash',
  'map-zero',
  'map-neg',
  'map-pos',
  'warn',
] as const;
export type Tokens = Readonly<Record<(typeof NAMES)[number], string>> & { readonly font: string };

export function readTokens(): Tokens {
  const style = getComputedStyle(document.documentElement);
  const tokens: Record<string, string> = { font: style.getPropertyValue('--font-ui').trim() || 'sans-serif' };
  for (const name of NAMES) tokens[name] = style.getPropertyValue(`--${name}`).trim() || '#888888';
  return tokens as Tokens;
}

export function useTokens(): Tokens {
  const [tokens, setTokens] = useState(readTokens);
  useEffect(() => {
    const renew = () => setTokens(readTokens());
    const observer = new MutationObserver(renew);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', renew);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', renew);
    };
  }, []);
  return tokens;
}

function channels(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1, 7), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

function mix(a: string, b: string, t: number): string {
  const [ar, ag, ab] = channels(a);
  const [br, bg, bb] = channels(b);
  const at = (x: number, y: number) => Math.round(x + (y - x) * t);
  return `rgb(${at(ar, br)} ${at(ag, bg)} ${at(ab, bb)})`;
}

/** Diverging, symmetric about zero: blue below, red above, the theme's neutral at zero. */
export function divergingColour(tokens: Tokens, limit: number): (value: number) => string {
  return (value) => {
    const t = limit > 0 ? Math.max(-1, Math.min(1, value / limit)) : 0;
    return t < 0
      ? mix(tokens['map-zero'], tokens['map-neg'], -t)
      : mix(tokens['map-zero'], tokens['map-pos'], t);
  };
}

/** Grey from lo (black) to hi (white). */
export function greyColour(lo: number, hi: number): (value: number) => string {
  return (value) => {
    const g = hi > lo ? Math.round(255 * Math.max(0, Math.min(1, (value - lo) / (hi - lo)))) : 128;
    return `rgb(${g} ${g} ${g})`;
  };
}
