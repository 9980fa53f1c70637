import type { RunColour } from './run-colours.js';

const [WIDTH, HEIGHT] = [44, 14];

/** A small curve without axes. Its values are texts, so that NaN survives; the first that is not finite gets a cross. */
export function Sparkline({ points, look }: { points: readonly string[]; look: RunColour }) {
  const values = points.map(Number);
  const finite = values.filter(Number.isFinite);
  if (values.length < 2) return null;
  const [lo, hi] = [Math.min(...finite), Math.max(...finite)];
  const x = (index: number) => 1 + (index / (values.length - 1)) * (WIDTH - 2);
  const y = (value: number) => 1 + (1 - (value - lo) / (hi - lo || 1)) * (HEIGHT - 2);
  const broken = values.findIndex((value) => !Number.isFinite(value));
  const path = values
    .map((value, index) =>
      Number.isFinite(value)
        ? `${index === 0 || !Number.isFinite(values[index - 1]) ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
        : '',
    )
    .join('');
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {finite.length > 1 && <path d={path} fill="none" stroke={look.variable} strokeWidth="1.25" />}
      {broken >= 0 && <path d={`M${x(broken) - 3} 4l6 6m0-6l-6 6`} stroke="var(--nan)" strokeWidth="1.5" />}
    </svg>
  );
}
