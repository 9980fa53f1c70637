/** Addresses are written by people and by programs that know nothing of this page. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLabLink } from './lab/lab-link.js';
import { labStateToQuery } from './lab/lab-state.js';
import { problemsOfHash } from './run/state/view-check.js';
import { DEFAULT_VIEW, hashFromView, viewFromHash } from './run/state/view-state.js';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...[
      '',
      '-0',
      '1e308',
      '-1e309',
      'NaN',
      'Infinity',
      '99999999999999999999',
      '0x10',
      '1_0',
      '%',
      '%E0%A4%A',
    ],
    ...['__proto__', 'constructor', '\u0000', '\ud800', '<script>', '1,2', '-1e308,1e308', '5-4', '--', '-'],
    'x'.repeat(5_000),
    '1_'.repeat(5_000),
  ),
  fc.integer().map(String),
  fc.double().map(String),
);
/** Addresses made of the parameters that a page knows, and others. */
function addresses(names: readonly string[]) {
  return fc
    .array(fc.tuple(fc.constantFrom(...names, '__proto__', 'x'), hostile, fc.boolean()), { maxLength: 12 })
    .map((pairs) =>
      pairs.map(([name, value, isEncoded]) => `${name}=${isEncoded ? encoded(value) : value}`).join('&'),
    );
}

function encoded(text: string): string {
  // Half a surrogate pair cannot be encoded.
  return encodeURIComponent(text.replaceAll(/[\ud800-\udfff]/g, '?'));
}

test('the run page reads any address, and what it makes of it is an address of the same view', () => {
  const names = [
    ...['run', 'layer', 'ch', 'y', 'x', 'step', 'probe', 'lock', 'view', 'sort', 'flag', 'findings', 'zoom'],
    ...['smooth', 'curve', 'axis', 'steps', 'theme', 'pane', 'filter', 'hide', 'draw', 'others', 'closed'],
    ...['order', 'kernel-zoom', 'in', 'terms', 'speed', 'loop', 'output-limits', 'kernels-limits'],
  ];
  fc.assert(
    fc.property(addresses(names), (query) => {
      const view = viewFromHash(`#run?${query}`);
      expect(Object.keys(view)).toEqual(Object.keys(DEFAULT_VIEW));
      for (const sentence of problemsOfHash(`#run?${query}`)) expect(sentence).toMatch(/\.$/);
      expect(viewFromHash(hashFromView(view))).toEqual(view);
    }),
    { numRuns: 2000 },
  );
});

test('the lab reads any address', () => {
  const names = [...new URLSearchParams(labStateToQuery(readLabLink('#lab?ci=2&co=2&bias=1').state)).keys()];
  const known = [
    'h',
    'w',
    'kh',
    'kw',
    'sh',
    'sw',
    'p',
    'ph',
    'pw',
    'dh',
    'dw',
    'g',
    'ci',
    'co',
    'v',
    'k',
    'b',
  ];
  fc.assert(
    fc.property(addresses([...names, ...known, 'bv', 'bias', 'o', 'y', 'x', 'stack', 'from']), (query) => {
      for (const problem of readLabLink(`#lab?${query}`).problems) expect(problem).toMatch(/\.$/);
    }),
    { numRuns: 1000 },
  );
});
