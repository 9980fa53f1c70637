import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { lazily } from './lazily.js';
import { PartBoundary } from './part-boundary.js';

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('code that could not be loaded is loaded when the user tries again, and only once', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const load = vi
    .fn<() => Promise<(props: { name: string }) => string>>()
    .mockRejectedValueOnce(new Error('The hub does not answer.'))
    .mockResolvedValue(({ name }) => `inspector of ${name}`);
  const Inspector = lazily(load, 'loading');
  const box = document.createElement('div');
  document.body.append(box);
  const root = createRoot(box);
  const show = (name: string) =>
    root.render(
      <PartBoundary name="The inspector" of="">
        <Inspector name={name} />
      </PartBoundary>,
    );
  await act(async () => show('conv1'));
  expect(box.textContent).toContain('The inspector cannot be drawn: The hub does not answer.');
  await act(async () => box.querySelector('button')?.click());
  expect(box.textContent).toBe('inspector of conv1');
  await act(async () => show('conv2'));
  expect(box.textContent).toBe('inspector of conv2');
  expect(load).toHaveBeenCalledTimes(2);
  await act(async () => root.unmount());
});
