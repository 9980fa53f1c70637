import { afterEach, expect, test } from 'vitest';
import { isForPage } from './keys.js';

afterEach(() => {
  document.body.innerHTML = '';
});

/** Presses a key on the element that `selector` finds in `html`, as the page's listener sees it. */
function reachesPage(html: string, selector: string, init: KeyboardEventInit = {}): boolean {
  document.body.innerHTML = html;
  let answer = false;
  const listen = (event: KeyboardEvent) => {
    answer = isForPage(event);
  };
  addEventListener('keydown', listen);
  document
    .querySelector(selector)
    ?.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true, cancelable: true, ...init }));
  removeEventListener('keydown', listen);
  return answer;
}

test('a key that is pressed on the page or on a button is for the page', () => {
  expect(reachesPage('<button></button>', 'button')).toBe(true);
  expect(reachesPage('<div tabindex="0"></div>', 'div')).toBe(true);
  expect(reachesPage('<input type="range">', 'input')).toBe(true);
});

test('a key that is typed into a field is for the field', () => {
  expect(reachesPage('<input>', 'input')).toBe(false);
  expect(reachesPage('<input type="number">', 'input')).toBe(false);
  expect(reachesPage('<textarea></textarea>', 'textarea')).toBe(false);
});

test('a key is for the listbox or the dialog that is open', () => {
  expect(reachesPage('<div data-takes-keys=""><p role="option"></p></div>', '[role=option]')).toBe(false);
  expect(reachesPage('<button data-takes-keys=""></button>', 'button')).toBe(false);
});

test('a key that a control has handled, and one with a modifier, is not for the page', () => {
  document.addEventListener('keydown', (event) => event.preventDefault(), { capture: true, once: true });
  expect(reachesPage('<button></button>', 'button')).toBe(false);
  expect(reachesPage('<button></button>', 'button', { ctrlKey: true })).toBe(false);
});
