/** Values of a curve that are not finite: they have no place on the axis, and get marks at its edges. */
import type { NonFinite } from '../series/pixel-columns.js';
import { formatStep } from '../ui/format.js';
import type { Tokens } from '../ui/tokens.js';

/** Marks nearer to each other than this, in pixels, are drawn as one. */
const NEAR = 5;
const HALF = 3;

/** How many there are of each kind, as a sentence; empty if there are none. */
export function nonFiniteText(found: readonly NonFinite[]): string {
  const sum = (of: (one: NonFinite) => number) => found.reduce((total, one) => total + of(one), 0);
  const counts = [
    [sum(({ nan }) => nan), 'NaN'],
    [sum(({ plus }) => plus), '+∞'],
    [sum(({ minus }) => minus), '−∞'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${formatStep(count)} ${name}`)
    .join(', ');
}

/** Draws NaN as a bar and +∞ as a triangle at the top edge, and −∞ as a triangle at the bottom edge. */
export function drawNonFinite(
  context: CanvasRenderingContext2D,
  chart: { xOf(x: number): number },
  { top, bottom }: { readonly top: number; readonly bottom: number },
  found: readonly NonFinite[],
  tokens: Tokens,
): void {
  context.fillStyle = tokens.nan;
  for (const [kind, y, height] of [
    ['nan', top, 0],
    ['plus', top, 5],
    ['minus', bottom, -5],
  ] as const) {
    let before = Number.NEGATIVE_INFINITY;
    for (const one of found) {
      const x = chart.xOf(one.x);
      if (one[kind] === 0 || x - before < NEAR) continue;
      before = x;
      if (height === 0) context.fillRect(Math.round(x) - 1, y, 2, 6);
      else triangle(context, x, y, height);
    }
  }
}

/** With its tip at `y`. */
function triangle(context: CanvasRenderingContext2D, x: number, y: number, height: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - HALF, y + height);
  context.lineTo(x + HALF, y + height);
  context.fill();
}
