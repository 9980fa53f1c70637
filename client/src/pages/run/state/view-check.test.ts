import { conv2dDescription } from '@convscope/shared/testing/run-start.js';
import { expect, test } from 'vitest';
import { checkView, type ViewFacts } from './view-check.js';
import { DEFAULT_VIEW, problemsOfHash, type ViewState, viewFromHash } from './view-state.js';

const facts: ViewFacts = {
  layers: ['conv1', 'pool1', 'conv2'],
  withoutMaps: ['pool1'],
  layer: 'conv2',
  hasGradients: true,
  shape: [32, 16, 12],
  probes: 8,
  probesVary: false,
  lastStep: { run: 800, all: 2000 },
  axis: undefined,
  convolution: undefined,
};

const check = (change: Partial<ViewState>, known: Partial<ViewFacts> = {}) =>
  checkView({ ...DEFAULT_VIEW, ...change }, { ...facts, ...known });

test('a view of what the run has is right', () => {
  const view = { layer: 'conv2', channel: 31, y: 15, x: 11, probe: 7, span: { from: 100, to: 800 } };
  expect(check(view)).toEqual({ right: {}, layer: undefined, problems: [], unasked: [] });
  expect(check({}).problems).toEqual([]);
});

test('what the run does not have is named, with what is shown instead', () => {
  expect(check({ probe: 50 })).toMatchObject({
    right: { probe: 0 },
    problems: ['There is no probe 50 in this run, only 0 to 7: probe 0 is shown.'],
  });
  expect(check({ channel: 99, y: 16, x: 12 })).toMatchObject({
    right: { channel: 31, y: 15, x: 11 },
    problems: [
      'There is no channel 99 in conv2, only 0 to 31: channel 31 is shown.',
      'There is no y 16 in conv2, only 0 to 15: y 15 is shown.',
      'There is no x 12 in conv2, only 0 to 11: x 11 is shown.',
    ],
  });
  expect(check({ probe: 1 }, { probes: 1 }).problems).toEqual([
    'There is no probe 1 in this run, only 0: probe 0 is shown.',
  ]);
  expect(check({ span: { from: 900, to: undefined } })).toMatchObject({
    right: { span: undefined },
    problems: ['The last step is 800, there are none from 900 on: all steps are shown.'],
  });
  expect(check({ span: { from: 100, to: 5000 } })).toMatchObject({
    right: { span: { from: 100, to: undefined } },
    problems: ['The last step is 800, and not 5,000: the steps from 100 on are shown.'],
  });
  // Along the steps of all runs there are more.
  expect(check({ span: { from: 900, to: 1800 }, axis: 'all' }).problems).toEqual([]);
  const negative = { lastStep: { run: -5, all: -5 } };
  expect(check({ span: { from: -15, to: -9 } }, negative).problems).toEqual([]);
  expect(check({ span: { from: -3, to: undefined } }, negative).problems).toHaveLength(1);
});

test('gradients that the log lacks are named, and stay chosen for layers that have them', () => {
  const gradient = { stage: 'gradient' } as const;
  expect(check(gradient).problems).toEqual([]);
  // They may still come.
  expect(check(gradient, { hasGradients: undefined }).problems).toEqual([]);
  expect(check(gradient, { hasGradients: false })).toMatchObject({
    right: {},
    problems: ['The log has no gradients of conv2: its output is shown.'],
  });
  expect(check({}, { hasGradients: false }).problems).toEqual([]);
});

test('a span beside the axis that is drawn is named, whatever the last step of the run is', () => {
  const axis = { first: 500, last: 800 };
  expect(check({ span: { from: 100, to: 400 } }, { axis })).toMatchObject({
    right: { span: undefined },
    problems: ['The first step is 500, there are none up to 400: all steps are shown.'],
  });
  // The curve counts epochs, and the run batches.
  expect(check({ span: { from: 100, to: 400 } }, { axis: { first: 0, last: 10 } })).toMatchObject({
    right: { span: undefined },
    problems: ['This curve ends at step 10, there is none of it from 100 on: all steps are shown.'],
  });
  expect(check({ span: { from: 100, to: 600 } }, { axis }).problems).toEqual([]);
  expect(check({ span: { from: 900, to: undefined } }, { axis }).problems).toHaveLength(1);
});

test('a contribution that does not go into the channel is named', () => {
  const convolution = conv2dDescription({ inChannels: 8, outChannels: 4, groups: 2 });
  expect(check({ channel: 3, contribution: 4 }, { convolution }).problems).toEqual([]);
  expect(check({ channel: 1, contribution: 4 }, { convolution })).toMatchObject({
    right: { contribution: undefined },
    problems: ['No input channel 4 goes into conv2 out 1, only 0 to 3: the first in the order is shown.'],
  });
});

test('a layer that is not in the net or has no maps is replaced by the one that is shown', () => {
  for (const layer of ['conv9', 'pool1'])
    expect(check({ layer })).toMatchObject({ layer: 'conv2', problems: [] });
  // Its maps may still come.
  expect(check({ layer: 'conv1' }).layer).toBeUndefined();
});

test('nothing is said of what is not known yet', () => {
  const unknown = { layers: undefined, layer: undefined, shape: undefined, probes: undefined };
  const view = { layer: 'conv9', channel: 99, y: 99, x: 99, probe: 50, span: { from: 900, to: undefined } };
  expect(check(view, { ...unknown, withoutMaps: [], lastStep: { run: undefined, all: undefined } })).toEqual({
    right: {},
    layer: undefined,
    problems: [],
    unasked: [],
  });
});

test('every parameter of the address that cannot be read is named, and takes its default', () => {
  const wrong: Readonly<Record<string, readonly string[]>> = {
    ch: ['-3', '1.5', 'x', '', '1e9'],
    y: ['-1'],
    x: ['middle'],
    probe: ['x'],
    zoom: ['0', '25', '100', '2.5'],
    smooth: ['1', '-0.1', '', 'a'],
    steps: ['9-3', '5', 'a-b'],
    'output-limits': ['2,1', '1', '1,2,3', 'a,b', ',1', '-1e308,1e308', '1,1'],
    'kernels-limits': ['a,b'],
    'input-limits': ['0,Infinity'],
    lock: ['everything'],
    view: ['pool'],
    sort: ['size'],
    flag: ['sick'],
    theme: ['pink'],
    pane: ['left'],
    closed: ['top'],
    order: ['name'],
    'kernel-zoom': ['0', '25', 'x'],
    in: ['-1', 'x', '1.5'],
    terms: ['some'],
    speed: ['3'],
    loop: ['2'],
    findings: ['some'],
  };
  for (const [name, texts] of Object.entries(wrong)) {
    for (const text of texts) {
      const hash = `#run?${name}=${encodeURIComponent(text)}`;
      const problems = problemsOfHash(hash);
      expect(problems, hash).toHaveLength(1);
      expect(problems[0]).toContain(`${name}=${text} in the address is not `);
      expect(viewFromHash(hash), hash).toEqual(DEFAULT_VIEW);
    }
  }
  expect(problemsOfHash('#run?ch=-3')).toEqual([
    'ch=-3 in the address is not a whole number from 0 on: channel 0 is shown.',
  ]);
  expect(problemsOfHash('#run?zoom=99&smooth=2')).toHaveLength(2);
});

test('an address that can be read has no problems, nor has that of another page', () => {
  const hash =
    '#run?run=a&layer=conv2&ch=11&y=0&x=3&step=680&probe=3&lock=channel&view=conv&sort=zero&flag=dead&zoom=24&smooth=0.6&curve=test/loss&steps=100-900&output-limits=-1.5,2.25&theme=dark&pane=kernels';
  expect(problemsOfHash(hash)).toEqual([]);
  expect(problemsOfHash('#run')).toEqual([]);
  expect(problemsOfHash('')).toEqual([]);
  expect(problemsOfHash('#lab?ch=-3')).toEqual([]);
});
