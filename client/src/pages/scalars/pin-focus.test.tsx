import { act, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from '../../ui/store.js';
import { type PinFocus, pinCard, usePinFocus } from './pin-focus.js';

const pinFocus = createStore<PinFocus | undefined>(undefined);
const kept: { arrangement: { pinned: readonly string[]; together: readonly (readonly string[])[] } } = {
  arrangement: { pinned: [], together: [] },
};

function Card({ id }: { id: string }) {
  const ref = useRef<HTMLElement>(null);
  usePinFocus(pinFocus, id, ref);
  return (
    <article ref={ref} data-card={id}>
      <header className="card-head">
        <button type="button" aria-pressed={false}>
          pin
        </button>
        <button type="button">fill</button>
      </header>
      <div className="card-plot" role="img" tabIndex={-1} />
    </article>
  );
}

function Page() {
  const groups = [kept.arrangement.pinned, ['a', 'b'].filter((id) => !kept.arrangement.pinned.includes(id))];
  return groups.map((ids, at) => (
    <section key={at}>
      {ids.map((id) => (
        <Card key={id} id={id} />
      ))}
    </section>
  ));
}

let root: ReturnType<typeof createRoot>;
const render = () => act(() => root.render(<Page />));
const pin = (id: string, isPinned: boolean) => {
  pinCard({ ...kept, pinFocus, prefer: (next) => void Object.assign(kept.arrangement, next) }, id, isPinned);
  render();
};
const of = (id: string, control: string) =>
  document.querySelector<HTMLElement>(`[data-card=${id}] ${control}`)!;

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  kept.arrangement = { pinned: [], together: [] };
  const host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
  render();
});

afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  pinFocus.set(undefined);
  vi.unstubAllGlobals();
});

test.each(['.card-plot', '[aria-pressed]'])(
  'the focus stays on %s of a card that is pinned and unpinned',
  (control) => {
    of('a', control).focus();
    pin('a', true);
    expect(document.activeElement).toBe(of('a', control));
    expect(document.activeElement?.closest('section')).toBe(document.querySelector('section'));
    pin('a', false);
    expect(document.activeElement).toBe(of('a', control));
    expect(pinFocus.get()).toBeUndefined();
  },
);

test('a card that has not had the focus does not take it', () => {
  const other = of('b', '.card-plot');
  other.focus();
  pinFocus.set({ id: 'a', control: '.card-plot', isRevealed: false });
  kept.arrangement = { ...kept.arrangement, pinned: ['a'] };
  render();
  expect(document.activeElement).toBe(other);
});
