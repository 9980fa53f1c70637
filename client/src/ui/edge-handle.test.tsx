import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EdgeHandle, useEdgeWidth } from './edge-handle.js';

let root: Root;

function Rail() {
  const edge = useEdgeWidth('rail-overlaid', 264, 140);
  return (
    <aside style={{ width: edge.width }}>
      <EdgeHandle label="Width of the runs" edge={edge} />
    </aside>
  );
}

const width = () => document.querySelector('aside')?.style.width;
const handle = () => document.querySelector<HTMLElement>('[role=separator]')!;
const press = (key: string) =>
  act(async () => {
    handle().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  });
const pointer = (type: string, clientX: number) =>
  act(async () => {
    handle().dispatchEvent(new PointerEvent(type, { clientX, bubbles: true, button: 0 }));
  });
const show = async () => {
  const box = document.createElement('div');
  document.body.append(box);
  root = createRoot(box);
  await act(async () => root.render(<Rail />));
  handle().setPointerCapture = () => undefined;
};
const hide = async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
};

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  await show();
});
afterEach(async () => {
  await hide();
  vi.unstubAllGlobals();
});

test('the edge is moved by pointer and by keys, within bounds, and its place is kept until it is reset', async () => {
  expect(width()).toBe('264px');
  await press('ArrowRight');
  expect(width()).toBe('280px');
  await pointer('pointerdown', 280);
  await pointer('pointermove', 320);
  await pointer('pointerup', 320);
  await pointer('pointermove', 500);
  expect(width()).toBe('320px');
  expect(handle().getAttribute('aria-valuenow')).toBe('320');
  await hide();
  await show();
  expect(width()).toBe('320px');
  for (let time = 0; time < 40; time++) await press('ArrowLeft');
  expect(width()).toBe('140px');
  for (let time = 0; time < 200; time++) await press('ArrowRight');
  expect(width()).toBe(`${innerWidth - 120}px`);
  await act(async () => {
    handle().dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
  });
  expect(width()).toBe('264px');
});
