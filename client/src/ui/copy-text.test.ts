import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { copyText, uncopied } from './copy-text.js';

/** What the browser offers: the API, and the command of before it. */
function offer(clipboard: unknown, command: (() => boolean) | undefined): void {
  Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true });
  Object.defineProperty(document, 'execCommand', { value: command, configurable: true });
}

const refused = { writeText: () => Promise.reject(new DOMException('Not allowed', 'NotAllowedError')) };

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  uncopied.set(undefined);
  document.body.replaceChildren();
});

test('the clipboard API is used where it is there', async () => {
  const writeText = vi.fn(async () => undefined);
  offer({ writeText }, undefined);
  expect(await copyText('a link')).toBe(true);
  expect(writeText).toHaveBeenCalledWith('a link');
});

test('where it is missing or refuses, the selection is copied, and the focus stays', async () => {
  const button = document.createElement('button');
  document.body.append(button);
  button.focus();
  for (const clipboard of [undefined, refused]) {
    let copied: string | undefined;
    offer(clipboard, () => {
      copied = document.querySelector('textarea')?.value;
      return true;
    });
    expect(await copyText('a link')).toBe(true);
    expect(copied).toBe('a link');
    expect(document.querySelector('textarea')).toBeNull();
    expect(document.activeElement).toBe(button);
  }
  expect(uncopied.get()).toBeUndefined();
});

test('where nothing works, the text is handed to the user', async () => {
  for (const command of [() => false, undefined]) {
    offer(undefined, command);
    expect(await copyText('a link')).toBe(false);
    expect(uncopied.get()).toBe('a link');
    uncopied.set(undefined);
  }
});
