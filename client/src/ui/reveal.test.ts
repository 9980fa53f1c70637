import { afterEach, expect, test } from 'vitest';
import { reveal } from './reveal.js';

/** A list 100 pixels high, scrolled to `scrollTop`, with an item that begins at `top` of its content. */
function listWith(scrollTop: number, top: number, height = 20) {
  const list = document.createElement('ul');
  list.style.overflowY = 'auto';
  const item = document.createElement('li');
  list.append(item);
  document.body.append(list);
  list.scrollTop = scrollTop;
  Object.defineProperties(list, { clientHeight: { value: 100 }, clientWidth: { value: 50 } });
  list.getBoundingClientRect = () => new DOMRect(0, 300, 50, 100);
  item.getBoundingClientRect = () => new DOMRect(0, 300 + top - list.scrollTop, 50, height);
  return { list, item };
}

afterEach(() => document.body.replaceChildren());

test.each([
  [0, 90, 20, 10],
  [200, 50, 20, 50],
  [30, 60, 20, 30],
  [0, 40, 200, 40],
])('a list at %i scrolls to an item at %i, %i high, as little as it has to: to %i', (at, top, height, to) => {
  const { list, item } = listWith(at, top, height);
  reveal(item);
  expect(list.scrollTop).toBe(to);
});

test('an element in no list, and none at all, scroll nothing', () => {
  const alone = document.createElement('p');
  document.body.append(alone);
  reveal(alone);
  reveal(null);
});
