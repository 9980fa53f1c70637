import { expect, test } from 'vitest';
import { DEFAULT_VIEW, hashFromView, type ViewState, viewFromHash } from './view-state.js';

const full: ViewState = {
  run: 'sweep/lr=0.1 & more',
  layer: 'conv2',
  channel: 11,
  y: 10,
  x: 0,
  step: 680,
  noStep: undefined,
  probe: 3,
  lock: 'channel',
  stage: 'conv',
  sort: 'zero',
  flag: 'always-on',
  findings: 'ever',
  zoom: 4,
  smoothing: 0.6,
  curve: 'test/loss',
  axis: 'all',
  span: { from: 100, to: 900 },
  limits: { output: { lo: -1.5, hi: 2.25 }, kernels: { lo: -0.25, hi: 0.25 } },
  theme: 'dark',
  pane: 'kernels',
  filter: 'lr<0.1',
  hidden: ['sweep/a, b', 'c&d'],
  drawn: ['e=f'],
  others: 'none',
  closed: ['rail', 'inspector'],
  order: 'index',
  kernelZoom: 12,
  contribution: 5,
  operand: 1,
  trail: [
    { layer: 'fc', channel: 3 },
    { layer: 'layer1.0/conv:2', channel: 12 },
  ],
  earlier: true,
  confusion: true,
  allTerms: true,
  strip: true,
  reason: 'saliency',
  score: 3,
  magnitude: true,
  speed: 0.5,
  loop: true,
  names: '(?<layer>.+):(?<role>in|out)',
  convolutions: [
    { layer: 'net/conv:1', stride: [2, 2], padding: [1, 0], dilation: [1, 1] },
    { layer: 'b', stride: [1, 1], padding: [0, 0], dilation: [2, 1] },
  ],
};

test('a link holds everything that is looked at', () => {
  expect(viewFromHash(hashFromView(full))).toEqual(full);
});

test('what is as by default is left out', () => {
  expect(hashFromView(DEFAULT_VIEW)).toBe('#run');
  expect(hashFromView({ ...DEFAULT_VIEW, step: 0 })).toBe('#run?step=0');
  expect(viewFromHash('#run?step=-15').step).toBe(-15);
  for (const hash of ['', '#', '#run', '#run?']) expect(viewFromHash(hash)).toEqual(DEFAULT_VIEW);
  expect(DEFAULT_VIEW.findings).toBe('now');
});

test('a step may be negative, and one that cannot be read is kept to be named', () => {
  expect(viewFromHash('#run?step=-300').step).toBe(-300);
  for (const text of ['1e9', '12.5', 'x', '99999999999999999999']) {
    const view = viewFromHash(`#run?step=${text}`);
    expect(view).toEqual({ ...DEFAULT_VIEW, noStep: text });
    expect(hashFromView(view)).toBe(`#run?step=${text}`);
  }
});

test('what cannot be read is as if it were not there', () => {
  const hash =
    '#run?run=&layer=&ch=-3&step=&probe=x&lock=everything&smooth=1&steps=9-3&zoom=0&output-limits=2,1&kernels-limits=a,b&theme=pink&closed=lid&order=size,&kernel-zoom=0&in=x&terms=some&speed=3&loop=yes';
  expect(viewFromHash(hash)).toEqual(DEFAULT_VIEW);
});

test('the hash of another page says nothing of the run', () => {
  expect(viewFromHash('#lab?step=3&zoom=2')).toEqual(DEFAULT_VIEW);
});

test('the design’s own link is understood', () => {
  expect(viewFromHash('#run?layer=conv2&ch=11&step=680&theme=dark')).toMatchObject({
    layer: 'conv2',
    channel: 11,
    step: 680,
    theme: 'dark',
  });
});
