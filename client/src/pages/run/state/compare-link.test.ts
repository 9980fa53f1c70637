import { describe, expect, it } from 'vitest';
import { createStore } from '../../../ui/store.js';
import { COMPARE_VIEW } from '../../compare/view.js';
import { compareLink } from './compare-link.js';
import { DEFAULT_VIEW, type ViewState } from './view-state.js';

/** The part of the run page's state that the link is made of. */
function page(steps: readonly number[], shown: number | undefined, view: Partial<ViewState> = {}) {
  const layer = { name: 'conv2' };
  return {
    run: createStore({ run: 'net', layer, steps }),
    step: createStore(shown),
    view: createStore({ ...DEFAULT_VIEW, ...view }),
    frames: { frame: createStore(shown === undefined ? undefined : { output: { step: shown } }) },
  };
}

function linkOf(...args: Parameters<typeof page>) {
  const link = compareLink(page(...args));
  return link && { ...link, view: COMPARE_VIEW.parse(new URLSearchParams(link.hash.split('?')[1])) };
}

describe('the link to what has changed', () => {
  it('compares the shown capture with the first one, most changed channels first', () => {
    const link = linkOf([0, 10, 20], 10, { channel: 4, y: 3, x: 5, stage: 'gradient', probe: 2 });
    expect(link).toMatchObject({ since: 0, step: 10 });
    expect(link?.view).toMatchObject({
      a: { run: 'net', step: 0, layer: 'conv2', probe: 2 },
      b: { run: 'net', step: 10, layer: undefined, probe: undefined },
      sort: 'difference',
      stage: 'gradient',
      channel: 4,
      y: 3,
      x: 5,
    });
  });

  it('compares the first capture with the newest', () => {
    expect(linkOf([5, 10, 20], 5)).toMatchObject({ since: 5, step: 20 });
  });

  it('is not there before there are two captures', () => {
    expect(linkOf([5], 5)).toBeUndefined();
    expect(linkOf([], undefined)).toBeUndefined();
  });
});
