/** Addresses are written by people and by programs that know nothing of this page. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ViewFormat } from '../ui/view-format.js';
import { COMPARE_VIEW } from './compare/view.js';
import { DISTRIBUTIONS_VIEW } from './distributions/view.js';
import { HPARAMS_VIEW } from './hparams/view.js';
import { IMAGES_VIEW } from './images/view.js';
import { readLabLink } from './lab/lab-link.js';
import { labStateToQuery, PARAMETERS } from './lab/lab-state.js';
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
  fc.assert(
    fc.property(addresses(PARAMETERS.map(({ name }) => name)), (query) => {
      const { state, problems } = readLabLink(`#lab?${query}`);
      for (const problem of problems) expect(problem).toMatch(/\.$/);
      expect(readLabLink(`#lab?${labStateToQuery(state)}`).problems.join(' ')).not.toContain('does not know');
    }),
    { numRuns: 1000 },
  );
});

const PROBLEMS: readonly (readonly [page: string, problems: (query: string) => readonly string[]])[] = [
  ...Object.entries(FORMATS).map(
    ([page, format]) => [page, (query: string) => format.problems(new URLSearchParams(query))] as const,
  ),
  ['lab', (query) => readLabLink(`#lab?${query}`).problems],
];

test.each(PROBLEMS)('the page %s names what it does not read in an address', (_page, problems) => {
  expect(problems('layr=conv2')).toEqual(['This page does not know “layr” in the address: it is left out.']);
  expect(problems('A&Run=1&__proto__=2')).toEqual([
    'This page does not know “A”, “Run”, “__proto__” in the address: they are left out.',
  ]);
  const many = Array.from({ length: 900 }, (_, k) => `unknown${k}=1`).join('&');
  expect(problems(many)).toEqual([
    'This page does not know “unknown0”, “unknown1”, “unknown2”, “unknown3”, “unknown4” and 895 more in the address: they are left out.',
  ]);
  expect(problems(`${'long'.repeat(1000)}=1`)[0]).toHaveLength(
    'This page does not know “longlonglonglonglonglong…” in the address: it is left out.'.length,
  );
});

test.each(PROBLEMS)('the page %s checks what is read on all pages', (_page, problems) => {
  expect(problems('theme=dark&embed=1')).toEqual([]);
  expect(problems('theme=drak&embed=yes')).toEqual([
    'theme=drak in the address is not one of light, dark: the theme stays.',
    'embed=yes in the address is not one of 1, 0: what surrounds the page stays.',
  ]);
});

test('what stands in an address more often than it is read is said', () => {
  const run = (query: string) => RUN_VIEW.problems(new URLSearchParams(query));
  expect(run('layer=conv1&layer=conv2')).toEqual(['Of layer in the address only the first is read.']);
  expect(run('step=1&step=2&hide=a&hide=b')).toEqual(['Of step in the address only the first is read.']);
  expect(run('hide=a&'.repeat(1001))).toEqual(['Of hide in the address only the first 1000 are read.']);
  expect(readLabLink('#lab?kh=2&kh=3').problems).toEqual(['Of kh in the address only the first is read.']);
});
