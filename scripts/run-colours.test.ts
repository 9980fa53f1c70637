/** Whether readers with any kind of sight can tell runs apart by their colours. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const CSS = readFileSync(new URL('../client/src/ui/tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = CSS.split('[data-theme="dark"]');

type Rgb = readonly [number, number, number];

function coloursOf(theme: string): Rgb[] {
  return Array.from({ length: 8 }, (_, at) => {
    const hex = new RegExp(`--run-${at + 1}: #([0-9a-f]{6})`).exec(theme)?.[1] ?? '';
    return [0, 2, 4].map((from) => Number.parseInt(hex.slice(from, from + 2), 16) / 255) as unknown as Rgb;
  });
}

const toLinear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
const SIGHTS: Readonly<Record<string, readonly Rgb[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Björn Ottosson's Oklab. */
function oklab(colour: Rgb, sight: readonly Rgb[]): Rgb {
  const linear = colour.map(toLinear);
  const [r = 0, g = 0, b = 0] = sight.map((row) =>
    Math.max(
      0,
      Math.min(
        1,
        row.reduce((sum, factor, at) => sum + factor * linear[at]!, 0),
      ),
    ),
  );
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function nearest(colours: readonly Rgb[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const [at, a] of colours.entries())
    for (const b of colours.slice(at + 1))
      least = Math.min(least, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));
  return least;
}

test.each(
  Object.entries({ light, dark }).flatMap(([theme, css]) =>
    Object.keys(SIGHTS).map((sight) => [theme, sight, css] as const),
  ),
)('in the %s theme and for %s sight no two of the eight colours are alike', (_theme, sight, css) => {
  const colours = coloursOf(css).map((colour) => oklab(colour, SIGHTS[sight]!));
  // A difference of 0.02 in Oklab can just be seen side by side.
  expect(nearest(colours)).toBeGreaterThan(0.05);
});
