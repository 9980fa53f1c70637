import { expect, test } from 'vitest';
import { Track } from '../../series/track.js';
import { tokensFrom } from '../../ui/tokens.js';
import { type CardLook, type CurveSource, cardDrawing } from './card-drawing.js';
import { svgOf } from './card-picture.js';

const LOOK: CardLook = {
  ...{ x: 'step', logX: false, logY: false, weight: 0.6, isAsked: true },
  ...{ ignoreOutliers: false, band: 'range', utc: true, earlier: false, width: 300, height: 160 },
  range: undefined,
  values: undefined,
  axes: undefined,
};

function trackOf(run: string, values: readonly number[], tag = 'loss'): Track {
  const track = new Track(run, tag, 0);
  const steps = Float64Array.from(values.keys());
  track.take(
    { x: 'step', weight: 0.6, width: 300, from: undefined, to: undefined, replaced: false },
    {
      ...{ kind: 'points', run: 0, tag: 0, branch: 0, rows: values.length, total: values.length },
      ...{ from: 0, to: values.length - 1, firstX: 0, lastX: values.length - 1 },
      ...{ steps, wallTimes: steps, values: Float64Array.from(values) },
    },
    1,
  );
  return track;
}

function sourceOf(label: string, ...tracks: Track[]): CurveSource {
  return { key: label, label, colour: '#1b4fc0', dash: undefined, tracks, isGroup: tracks.length > 1 };
}

test('a picture as SVG is well formed, with its title, its legend and its lines broken where a value is missing', () => {
  const drawing = cardDrawing([sourceOf('a < "b" & c\u202e', trackOf('a', [1, 2, Number.NaN, 4]))], LOOK);
  const svg = svgOf({
    title: 'loss\u202e & more',
    drawing,
    chart: {
      xOf: (x) => 40 + x,
      yOf: (_, y) => 160 - y,
      area: { left: 40, right: 340, top: 8, bottom: 168 },
    },
    tokens: tokensFrom(() => '#808080'),
    width: 360,
    height: 190,
    textWidth: (text) => text.length * 6,
  });
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
  expect(parsed.querySelector('parsererror')).toBeNull();
  expect(svg).toContain('a &lt; &quot;b&quot; &amp; c');
  expect(svg).toContain('loss\\u{202e} &amp; more');
  expect(svg).not.toMatch(/\p{Bidi_Control}/u);
  expect(svg).toContain('step, smoothing 0.6');
  expect(svg).toContain('M40 159L41 158M43 156');
});

test('the limits hold what is drawn, a logarithmic axis has no place for zero, and says so', () => {
  const drawing = cardDrawing([sourceOf('a', trackOf('a', [0, 1, 10, 100]))], {
    ...LOOK,
    weight: 0,
    logY: true,
  });
  expect(drawing.offAxis).toBe(1);
  expect(drawing.y.lo).toBeLessThan(0);
  expect(drawing.y.hi).toBeGreaterThan(2);
  expect(drawing.lines[0]?.points.map(({ y }) => y)).toEqual([Number.NaN, 0, 1, 2]);
  expect(drawing.yTicks.map(({ text }) => text)).toEqual(['1', '10', '100']);
});

test.each([
  ['values that are not finite', [Number.NaN, Number.POSITIVE_INFINITY], false],
  ['values that a logarithmic axis has no place for', [-1, 0], true],
])('an axis of nothing but %s has no numbers', (_, values, logY) => {
  const drawing = cardDrawing([sourceOf('a', trackOf('a', values))], { ...LOOK, weight: 0, logY });
  expect([drawing.isEmpty, drawing.hasNumbers, drawing.yTicks]).toEqual([false, false, []]);
  const finite = cardDrawing([sourceOf('a', trackOf('a', [...values, 1]))], { ...LOOK, weight: 0, logY });
  expect([finite.hasNumbers, finite.yTicks.length > 0]).toEqual([true, true]);
});

test('between two points the axis has numbers, as the line has that joins them', () => {
  const drawing = cardDrawing([sourceOf('a', trackOf('a', [0.25, 0.5]))], {
    ...LOOK,
    weight: 0,
    range: { first: 0.4, last: 0.6 },
  });
  expect([drawing.hasNumbers, drawing.yTicks.length > 0]).toEqual([true, true]);
});

test('with smoothing the raw line lies faint behind, and the mean of a group has a band around it', () => {
  const alone = cardDrawing([sourceOf('a', trackOf('a', [1, 3, 5]))], LOOK);
  expect(alone.lines.map(({ alpha }) => alpha < 1)).toEqual([true, false]);
  const tracks = [trackOf('a', [1, 3, 5]), trackOf('b', [3, 5, 7])];
  const group = cardDrawing([sourceOf('both', ...tracks)], { ...LOOK, weight: 0 });
  expect(group.lines).toHaveLength(1);
  expect(group.lines[0]?.points.map(({ y }) => y)).toEqual([2, 4, 6]);
  expect(group.bands[0]?.upper.map(({ y }) => y)).toEqual([3, 5, 7]);
  expect(group.curves[0]?.nearest(1.2)).toMatchObject({ step: 1, smoothed: 4, of: 2 });
});

test('axes that are kept stay, whatever comes', () => {
  const axes = { x: { first: 0, last: 2 }, y: { lo: 0, hi: 1 } };
  const drawing = cardDrawing([sourceOf('a', trackOf('a', [1, 3, 500, 7]))], { ...LOOK, axes });
  expect([drawing.x, drawing.y]).toEqual([axes.x, axes.y]);
});

test('without outliers the limits are the percentiles of all values, however many of them share a pixel', () => {
  const values = Array.from({ length: 1500 }, (_, at) => Math.sin(at * 12.9898) * 100);
  const drawing = cardDrawing([sourceOf('a', trackOf('a', values))], {
    ...LOOK,
    weight: 0,
    ignoreOutliers: true,
  });
  const sorted = [...values].sort((a, b) => a - b);
  const [lo, hi] = [sorted[Math.ceil(1499 * 0.05)]!, sorted[Math.floor(1499 * 0.95)]!];
  expect(drawing.y.lo).toBeCloseTo(lo - 0.05 * (hi - lo), 9);
  expect(drawing.y.hi).toBeCloseTo(hi + 0.05 * (hi - lo), 9);
});

test('smoothing that nobody has asked for leaves learning rates and short series as they were logged', () => {
  const usual = { ...LOOK, isAsked: false };
  const long = Array.from({ length: 20 }, (_, step) => step % 2);
  const drawn = (values: readonly number[], tag: string, look: CardLook) =>
    cardDrawing([sourceOf('a', trackOf('a', values, tag))], look);
  for (const [values, tag] of [
    [[0, 1], 'loss'],
    [long, 'lr'],
  ] as const) {
    expect(drawn(values, tag, usual).lines.map(({ points }) => points.map(({ y }) => y))).toEqual([values]);
    expect(drawn(values, tag, usual).curves[0]?.nearest(1)).toMatchObject({ smoothed: 1, isSmoothed: false });
    expect(drawn(values, tag, LOOK).lines).toHaveLength(2);
  }
  expect(drawn(long, 'loss', usual).lines).toHaveLength(2);
  expect(drawn(long, 'loss', usual).curves[0]?.nearest(1)).toMatchObject({ raw: 1, isSmoothed: true });
});

test('the axis of values holds the raw line beside a smoothed one, and all of a short series', () => {
  const spike = Array.from({ length: 40 }, (_, step) => (step === 20 ? 100 : 1));
  expect(cardDrawing([sourceOf('a', trackOf('a', spike))], LOOK).y.hi).toBeGreaterThan(100);
  // What is far out is left out on purpose, of a series that is long enough to have outliers.
  const ignoring = { ...LOOK, ignoreOutliers: true };
  expect(cardDrawing([sourceOf('a', trackOf('a', spike))], ignoring).y.hi).toBeLessThan(100);
  const short = ['a', 'b', 'c'].map((run) => sourceOf(run, trackOf(run, [1, 2, 3, 4, 5, 6, 7, 100])));
  expect(cardDrawing(short, { ...ignoring, isAsked: false }).y.hi).toBeGreaterThan(100);
});
