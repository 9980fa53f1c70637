import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, it, vi } from 'vitest';

const TURNED = 'model\u202egnp.exe \u2066x';
const ESCAPED = String.raw`model\u{202e}gnp.exe \u{2066}x`;
const HEBREW = 'ניסוי 3';

function render(node: ReactNode): HTMLElement {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const host = document.createElement('div');
  document.body.append(host);
  act(() => createRoot(host).render(node));
  return host;
}

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function Named({ name, children }: { readonly name: string; readonly children?: ReactNode }) {
  return (
    <b title={name} aria-label={`the run ${name}`} data-run={name}>
      {name} {children}
    </b>
  );
}

it('controls that turn the direction of a text are drawn as escapes, wherever a name is drawn', () => {
  const host = render(
    <>
      <p>The run {TURNED} has ended.</p>
      <Named name={TURNED}>{[TURNED, [TURNED]]}</Named>
      <select>
        <option value={TURNED}>{TURNED}</option>
      </select>
      <input placeholder={TURNED} defaultValue={TURNED} />
      <svg aria-label={TURNED}>
        <text>{TURNED}</text>
      </svg>
    </>,
  );
  expect(host.textContent).not.toMatch(/\p{Bidi_Control}/u);
  expect(host.querySelector('p')?.textContent).toBe(`The run ${ESCAPED} has ended.`);
  const named = host.querySelector('b');
  expect(named?.textContent).toBe(`${ESCAPED} ${ESCAPED}${ESCAPED}`);
  expect([named?.title, named?.getAttribute('aria-label')]).toEqual([ESCAPED, `the run ${ESCAPED}`]);
  expect(host.querySelector('svg text')?.textContent).toBe(ESCAPED);
  expect(host.querySelector('input')?.placeholder).toBe(ESCAPED);
});

it('what is data keeps them: values, and attributes that nobody reads', () => {
  const host = render(
    <>
      <Named name={TURNED} />
      <select>
        <option value={TURNED}>{TURNED}</option>
      </select>
      <input defaultValue={TURNED} />
    </>,
  );
  expect(host.querySelector('b')?.dataset.run).toBe(TURNED);
  expect(host.querySelector('option')?.value).toBe(TURNED);
  expect(host.querySelector('input')?.value).toBe(TURNED);
});

it('a name that is written from right to left stays as it is, apart from what stands beside it', () => {
  const host = render(
    <>
      <p>
        {HEBREW} · {40} steps
      </p>
      <Named name={HEBREW} />
      <select>
        <option value="a">{HEBREW}</option>
      </select>
    </>,
  );
  expect(host.querySelector('p')?.innerHTML).toBe(`<bdi dir="ltr">${HEBREW}</bdi> · 40 steps`);
  expect(host.querySelector('b bdi')?.textContent).toBe(HEBREW);
  expect(host.querySelector('option')?.innerHTML).toBe(HEBREW);
});

it('a text of other letters is left alone', () => {
  const host = render(<p title="lr">lr=1e−3, σ² 学習率</p>);
  expect(host.innerHTML).toBe('<p title="lr">lr=1e−3, σ² 学習率</p>');
});
