import { expect, test } from 'vitest';
import { cardKey } from '../../blobs/card-steps.js';
import { IMAGES_VIEW } from './view.js';

const { parse: parseView, format: formatView } = IMAGES_VIEW;

test('a view is restored from its address', () => {
  const view = {
    tags: 'conv[12]',
    step: -3,
    each: true,
    steps: new Map([[cardKey('a/b', 'x:y\nz'), 12]]),
    picture: 3,
    zoom: 4,
    smooth: true,
    brightness: 150,
    contrast: 0,
    runs: { filter: 'lr>1', hidden: ['a'], drawn: [], others: 'newest' as const },
  };
  expect(parseView(new URLSearchParams(formatView(view).toString()))).toEqual(view);
});
