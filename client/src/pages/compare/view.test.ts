import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPARE_VIEW, type CompareView, compareHash, USUAL_VIEW } from './view.js';

const { parse: parseView, format: formatView } = COMPARE_VIEW;

const read = (text: string) => parseView(new URLSearchParams(text));

describe('the address of a comparison', () => {
  it('names run and step of both sides', () => {
    const view = read('a=runs/net@120&b=other@-3&layer=conv2&b-layer=block1.conv&probe=2&b-probe=0');
    expect(view.a).toEqual({ run: 'runs/net', step: 120, layer: 'conv2', probe: 2 });
    expect(view.b).toEqual({ run: 'other', step: -3, layer: 'block1.conv', probe: 0 });
    expect(read('a=net')).toEqual({ ...USUAL_VIEW, a: { ...USUAL_VIEW.a, run: 'net' } });
    expect(read('a=@7').a).toEqual({ ...USUAL_VIEW.a, step: 7 });
  });

  it('keeps runs whose names end like a step', () => {
    for (const run of ['lr@3', 'lr@', 'a@b', '@', 'a@3@4', 'line\nbreak@5']) {
      for (const step of [undefined, 0, 17, -2]) {
        const view = { ...USUAL_VIEW, a: { ...USUAL_VIEW.a, run, step } };
        expect(parseView(formatView(view)).a).toEqual(view.a);
      }
    }
  });

  it('takes what it does not understand as not said', () => {
    expect(
      read(
        'a=&view=nothing&show=2&ch=-1&y=1.5&x=&sort=size&zoom=99&limits=3,1&difference-limits=1,inf&swipe=101&probe=1e3',
      ),
    ).toEqual(USUAL_VIEW);
  });

  it('is read as it was written', () => {
    const whole = fc.nat({ max: 10_000 });
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const side = fc.record({
      run: maybe(fc.string({ minLength: 1 })),
      step: maybe(fc.integer()),
      layer: maybe(fc.string({ minLength: 1 })),
      probe: maybe(whole),
    });
    const limits = maybe(
      fc
        .tuple(fc.integer({ min: -999, max: 0 }), fc.integer({ min: 1, max: 999 }))
        .map(([lo, hi]) => ({ lo: lo / 8, hi: hi / 8 })),
    );
    const views: fc.Arbitrary<CompareView> = fc.record({
      a: side,
      b: side,
      stage: fc.constantFrom('conv', 'relu', 'gradient', 'kernels'),
      display: fc.constantFrom('side', 'difference', 'blink', 'swipe'),
      channel: whole,
      y: maybe(whole),
      x: maybe(whole),
      sort: fc.constantFrom('index', 'difference', 'correlation', 'norm'),
      ofOne: fc.boolean(),
      matched: fc.boolean(),
      scale: fc.constantFrom('layer', 'channel'),
      zoom: maybe(fc.integer({ min: 1, max: 24 })),
      limits,
      differenceLimits: limits,
      swipe: fc.integer({ min: 0, max: 100 }),
      pane: fc.constantFrom('a', 'b', 'difference'),
    });
    fc.assert(
      fc.property(views, (view) => {
        const query = new URLSearchParams(compareHash(view).split('?').slice(1).join('?'));
        expect(parseView(query)).toEqual(view);
      }),
    );
  });
});
