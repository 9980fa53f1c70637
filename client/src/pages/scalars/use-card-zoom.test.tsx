import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { NO_ZOOM, useCardZoom } from './use-card-zoom.js';
import type { ScalarsView } from './view.js';

afterEach(() => vi.unstubAllGlobals());

test('the zoom of a card is dropped when the axis of x changes, before it is drawn', () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const drawn: ReturnType<typeof useCardZoom>[0][] = [];
  let zoomTo: ReturnType<typeof useCardZoom>[1] = () => undefined;
  function Zoomed({ x }: { x: ScalarsView['x'] }) {
    const [zoom, setZoom] = useCardZoom(x);
    drawn.push(zoom);
    zoomTo = setZoom;
    return null;
  }
  const root = createRoot(document.createElement('div'));
  const show = (x: ScalarsView['x']) => act(() => root.render(<Zoomed x={x} />));
  show('step');
  const zoom = { x: { first: 100, last: 200 }, y: { lo: 0, hi: 1 } };
  act(() => zoomTo(() => zoom));
  show('step');
  expect(drawn.at(-1)).toEqual(zoom);
  const before = drawn.length;
  show('relative');
  expect(drawn.slice(before).every((one) => one === NO_ZOOM)).toBe(true);
  show('step');
  expect(drawn.at(-1)).toBe(NO_ZOOM);
  act(() => root.unmount());
});
