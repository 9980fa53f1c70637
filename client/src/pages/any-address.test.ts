/** Addresses are written by people and by programs that know nothing of this page. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ViewFormat } from '../ui/view-format.js';
import { COMPARE_VIEW } from './compare/view.js';
import { DISTRIBUTIONS_VIEW } from './distributions/view.js';
import { HPARAMS_VIEW } from './hparams/view.js';
import { IMAGES_VIEW } from './images/view.js';
import { readLabLink } from './lab/lab-link.js';
import { labStateToQuery } from './lab/lab-state.js';
import { OTHER_VIEW } from './other/other-state.js';
import { RUN_VIEW } from './run/state/view-state.js';
import { SCALARS_VIEW } from './scalars/view.js';
import { SUMMARY_VIEW } from './summary/page.js';
import { TEXT_VIEW } from './text/view.js';

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
    ...[
      '+',
      '-h:lr',
      'min',
      'groups',
      'layers',
      'wall',
      'off',
      '30',
      '0-10',
      '-15--3',
      '3:a\nb',
      'net@-3',
      '1~2',
    ],
    ...['["h:lr",1,2]', '["h:lr",2,1]', '["h:lr",["a"]]', '["h:lr",-0,0]', '[', '[1]', '["",1,2]', '{"a":1}'],
    ...[
      '["x",1e999,2]',
      'null',
      '["a",[1,"b"]]',
      '["__proto__",0,1]',
      '["\\ud800",0,1]',
      '["a",["\\ud800"]]',
    ],
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

/** The parameters of all pages. */
const NAMES = [
  ...['run', 'layer', 'ch', 'y', 'x', 'step', 'probe', 'lock', 'view', 'sort', 'flag', 'findings', 'zoom'],
  ...['smooth', 'curve', 'axis', 'steps', 'theme', 'pane', 'filter', 'hide', 'draw', 'others', 'closed'],
  ...[
    'order',
    'kernel-zoom',
    'in',
    'input',
    'via',
    'earlier',
    'open',
    'terms',
    'strip',
    'reason',
    'class',
    'gradient',
    'speed',
    'loop',
  ],
  ...[
    'names',
    'conv',
    'input-limits',
    'output-limits',
    'kernels-limits',
    'smoothing',
    'tags',
    'logx',
    'logy',
  ],
  ...['outliers', 'link', 'at', 'range', 'group', 'band', 'full', 'pin', 'each', 'card', 'picture', 'smooth'],
  ...['brightness', 'contrast', 'bins', 'search', 'mode', 'from', 'metric', 'value', 'by', 'correlation'],
  ...['without', 'log', 'linear', 'brush', 'colour', 'a', 'b', 'b-layer', 'b-probe', 'show', 'of', 'match'],
  ...['scale', 'limits', 'difference-limits', 'swipe'],
];
const FORMATS: Readonly<Record<string, ViewFormat<object>>> = {
  run: RUN_VIEW,
  scalars: SCALARS_VIEW,
  images: IMAGES_VIEW,
  distributions: DISTRIBUTIONS_VIEW,
  text: TEXT_VIEW,
  hparams: HPARAMS_VIEW,
  summary: SUMMARY_VIEW,
  other: OTHER_VIEW,
  compare: COMPARE_VIEW,
};

test.each(Object.entries(FORMATS))(
  'the page %s reads any address, and what it makes of it is an address of the same view',
  (_page, { parse, format, problems, usual }) => {
    fc.assert(
      fc.property(addresses(NAMES), (query) => {
        const view = parse(new URLSearchParams(query));
        expect(Object.keys(view)).toEqual(Object.keys(usual));
        for (const sentence of problems(new URLSearchParams(query))) expect(sentence).toMatch(/\.$/);
        const address = format(view);
        expect(parse(new URLSearchParams(address.toString()))).toEqual(view);
        // `step` of the run page is kept when it is none, and is named where the run is known.
        expect(problems(address)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  },
);

test('the usual view of a page has an empty address, but for what is always said', () => {
  for (const [page, { format, usual, parse }] of Object.entries(FORMATS)) {
    expect(format(usual).toString()).toBe(page === 'scalars' ? 'smoothing=auto' : '');
    expect(parse(new URLSearchParams())).toEqual(usual);
  }
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
