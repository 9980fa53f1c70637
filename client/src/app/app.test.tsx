import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { PageRow, Shell } from '../pages/page.js';
import { useRuns } from '../runs/runs-context.js';
import type { ConnectionState, RunList } from '../sources/source.js';
import { createStore } from '../ui/store.js';
import { AppView } from './app.js';
import { hubWith } from './testing/hub-with.js';

const EMPTY: RunList = { logdir: './runs', runs: [] };
const ONE_RUN: RunList = {
  logdir: './runs',
  runs: [runSummary('a', { state: 'live' })],
};

/** A page of nothing but what the test looks for. */
function pageOfTest(change: Partial<PageRow> = {}) {
  const pressed: string[] = [];
  const addresses: string[] = [];
  const hash = createStore('#notes?page=3');
  let shell: Shell | undefined;
  function Notes() {
    return <main>All of the notes of {useRuns().source.address}</main>;
  }
  const load = vi.fn(async () => ({
    open(given: Shell) {
      shell = given;
      return {
        main: <Notes />,
        status: <span>three notes</span>,
        menu: <button type="button">Menu of notes</button>,
        foot: <span>last note today</span>,
        hash,
        keys: [[['N'], 'new note']] as const,
        handleKey(event: KeyboardEvent) {
          pressed.push(event.key);
          return event.key === 'n';
        },
        addressChanged: () => addresses.push(location.hash),
      };
    },
  }));
  const row: PageRow = {
    id: 'notes',
    name: 'Notes',
    icon: 'copy',
    letter: 'n',
    needsRuns: false,
    load,
    ...change,
  };
  return { row, pressed, addresses, hash, load, shellOf: () => shell };
}

const other: PageRow = {
  id: 'other',
  name: 'Other',
  icon: 'grid',
  letter: 'o',
  needsRuns: false,
  load: async () => ({ open: () => ({ main: <main>Another page</main> }) }),
};

let root: Root | undefined;
const text = () => document.body.textContent;
const press = (key: string) =>
  act(async () => {
    dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));
  });
/** Waits until the page has heard of its new address. */
const addressChangeBy = (change: () => void) =>
  act(async () => {
    const heard = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
    change();
    await heard;
  });
const goTo = (hash: string) =>
  addressChangeBy(() => {
    location.hash = hash;
  });

async function render(
  pages: readonly PageRow[],
  hash: string,
  list: RunList | undefined = EMPTY,
  connection?: ConnectionState,
) {
  history.replaceState(null, '', hash || '#');
  const box = document.createElement('div');
  document.body.append(box);
  const made = createRoot(box);
  root = made;
  const hub = hubWith(list, connection);
  await act(async () => made.render(<AppView runs={hub.runs} pages={pages} />));
  return hub;
}

beforeAll(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});
beforeEach(() => {
  // No style sheet is loaded here, and so no colour is defined.
  vi.spyOn(CSSStyleDeclaration.prototype, 'getPropertyValue').mockReturnValue('#808080');
});
afterEach(async () => {
  await act(async () => root?.unmount());
  document.body.replaceChildren();
  vi.restoreAllMocks();
  history.replaceState(null, '', '#');
});

test('a page is a row: its parts are shown, its keys are handled and its letter leads to it', async () => {
  const { row, pressed, load } = pageOfTest();
  await render([other, row], '');
  expect(text()).toContain('Another page');
  expect(load).not.toHaveBeenCalled();

  await press('g');
  await addressChangeBy(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'n' })));
  expect(location.hash).toBe('#notes');
  expect(document.querySelector('main')?.textContent).toBe('All of the notes of hub.test');
  expect(document.querySelector('header')?.textContent).toContain('three notes');
  expect(document.querySelector('header')?.textContent).toContain('Menu of notes');
  expect(document.querySelector('footer')?.textContent).toContain('last note today');
  expect(document.querySelector('nav [aria-current=page]')?.textContent).toBe('Notes');

  await press('x');
  expect(pressed).toEqual(['x']);
  await press('?');
  expect(document.querySelector('[role="dialog"]')?.textContent).toContain('new note');
  expect(document.querySelector('[role="dialog"]')?.textContent).toContain('notes page');
});

test('a page is loaded once, stays open, and its tab leads back to what it showed', async () => {
  const { row, hash, load, pressed } = pageOfTest();
  await render([other, row], '#notes');
  await act(async () => hash.set('#notes?page=4'));
  await goTo('#other');
  expect(text()).toContain('Another page');
  expect(text()).not.toContain('three notes');
  await press('x');
  expect(pressed).toEqual([]);
  const tab = [...document.querySelectorAll('nav a')].find((one) => one.textContent === 'Notes');
  expect(tab?.getAttribute('href')).toBe('#notes?page=4');
  await goTo('#notes?page=4');
  expect(load).toHaveBeenCalledTimes(1);
});

test('an open page hears of its own addresses, and of no other', async () => {
  const { row, addresses } = pageOfTest();
  await render([row, other], '#notes');
  await goTo('#notes?page=7');
  await goTo('#other?x=1');
  expect(addresses.at(-1)).toBe('#notes?page=7');
  expect(addresses.filter((one) => !one.startsWith('#notes'))).toEqual([]);
});

test('an address that names no page becomes that of the first, which is said until another page is opened', async () => {
  await render([other, pageOfTest().row], '#nowhere?x=1');
  expect(location.hash).toBe('#other');
  expect(text()).toContain('Another page');
  expect(text()).toContain('There is no page “nowhere”. This is the page Other.');
  await goTo('#notes');
  expect(text()).not.toContain('There is no page');
  await goTo(`#${'long'.repeat(100)}`);
  expect(text()).toContain('There is no page “longlong');
  expect(text().length).toBeLessThan(1000);
});

test('a page that needs runs says how to begin until there is one', async () => {
  const { row } = pageOfTest({ needsRuns: true });
  const hub = await render([row], '#notes');
  expect(text()).toContain('Nothing logged yet');
  expect(text()).toContain('Watching ./runs');
  await act(async () => hub.tell(ONE_RUN));
  expect(text()).toContain('All of the notes');
});

test('a page whose list came without a socket is shown while one may open, and says why none does', async () => {
  const { row } = pageOfTest({ needsRuns: true });
  const lost = { status: 'lost', retryAt: 0, since: 0, reason: 'WebSockets do not pass.' } as const;
  const hub = await render([row, other], '#notes', ONE_RUN, { status: 'connecting' });
  expect(text()).toContain('All of the notes');
  await act(async () => hub.connect(lost));
  expect(text()).toContain('WebSockets do not pass.');
  expect(text()).not.toContain('All of the notes');
  await act(async () => hub.connect({ status: 'connected', roundTrip: 1 }));
  expect(text()).toContain('All of the notes');
  await act(async () => hub.connect(lost));
  await goTo('#other');
  await goTo('#notes');
  expect(text()).toContain('All of the notes');
});

test('a page that needs runs says what is wrong with the logdir', async () => {
  const { row } = pageOfTest({ needsRuns: true });
  const hub = await render([row], '#notes');
  const notices = ['The logdir /runz does not exist; its runs appear when it does.'];
  await act(async () => hub.tell({ logdir: '/runz', notices, runs: [] }));
  expect(text()).toContain(notices[0]);
});

test('a sentence stays until it can have been read, in a place that screen readers know before', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { row, shellOf } = pageOfTest();
  await render([row], '#notes');
  const toast = () => document.querySelector('[role=status] .toast')?.textContent;
  expect(document.querySelector('[role=status]')?.textContent).toBe('');
  const shownFor = async (message: string) => {
    await act(async () => shellOf()?.say(message));
    expect(toast()).toBe(message);
    let shown = 0;
    for (; toast() === message; shown += 500) await act(async () => vi.advanceTimersByTimeAsync(500));
    return shown;
  };
  expect(await shownFor('Note copied')).toBe(2500);
  const long =
    'The run cannot be moved: the hub that serves it may only read, as it was started with --read-only.';
  expect(await shownFor(long)).toBeGreaterThan(6000);
});

test('a page may show a sentence, and follows the theme', async () => {
  const { row, shellOf } = pageOfTest();
  await render([row], '#notes?theme=dark');
  const shell = shellOf();
  expect(shell?.theme.get()).toBe('dark');
  await act(async () => shell?.say('Note copied'));
  expect(document.querySelector('.toast')?.textContent).toBe('Note copied');
  await press('t');
  expect(shell?.theme.get()).toBe('light');
  expect(document.documentElement.dataset['theme']).toBe('light');
});

test('a page whose code cannot be loaded says so, and the others go on', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const { row } = pageOfTest({ load: () => Promise.reject(new Error('The hub does not serve it.')) });
  await render([row, other], '#notes');
  expect(document.querySelector('[role=alert]')?.textContent).toContain('The hub does not serve it.');
  await goTo('#other');
  expect(text()).toContain('Another page');
});

test('a document whose page could not be loaded while the hub was lost is loaded again when the hub is back', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined);
  const { row } = pageOfTest({ load: () => Promise.reject(new Error('Failed to fetch the module.')) });
  const hub = await render([row, other], '#other');
  await act(async () => hub.connect({ status: 'lost', retryAt: 0, since: 0 }));
  await act(async () => hub.connect({ status: 'connected', roundTrip: 1 }));
  expect(reload).not.toHaveBeenCalled();
  await act(async () => hub.connect({ status: 'lost', retryAt: 0, since: 0 }));
  await goTo('#notes');
  expect(document.querySelector('[role=alert]')?.textContent).toContain('the hub does not answer');
  await act(async () => hub.connect({ status: 'connected', roundTrip: 1 }));
  expect(reload).toHaveBeenCalledOnce();
});

test('a part of a page that fails in a bar leaves the bar and the page as they are', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const Broken = () => {
    throw new Error('No such run.');
  };
  const row: PageRow = {
    ...pageOfTest().row,
    load: async () => ({
      open: () => ({ main: <main>All of the notes</main>, status: <Broken />, foot: <Broken /> }),
    }),
  };
  await render([row, other], '#notes');
  expect(text()).toContain('All of the notes');
  const alerts = [...document.querySelectorAll('[role=alert]')].map((one) => one.textContent);
  expect(alerts).toEqual([
    expect.stringContaining('The top bar cannot be drawn: No such run.'),
    expect.stringContaining('The foot cannot be drawn: No such run.'),
  ]);
  await goTo('#other');
  expect(text()).toContain('Another page');
  expect(document.querySelectorAll('[role=alert]')).toHaveLength(0);
});
