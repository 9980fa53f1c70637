import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { RunList } from '../sources/source.js';
import { AppView } from './app.js';
import { PAGES } from './pages.js';
import { hubWith } from './testing/hub-with.js';

/** What must not be said before logs were read to their ends. */
const NOTHING = /logged no|logged a scalar|no feature maps/i;
const MAY_BE_EMPTY = ['run', 'scalars', 'images', 'distributions', 'text', 'hparams', 'other'];

const listOf = (readToEnd: boolean): RunList => ({
  logdir: './runs',
  runs: [runSummary('a', { readToEnd })],
});

let root: Root | undefined;
const said = () => document.querySelector('main')?.textContent ?? '';

beforeAll(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});
beforeEach(() => {
  // No style sheet is loaded here, and so no colour is defined.
  vi.spyOn(CSSStyleDeclaration.prototype, 'getPropertyValue').mockReturnValue('#808080');
});
afterEach(async () => {
  await act(async () => root?.unmount());
  vi.useRealTimers();
  document.body.replaceChildren();
  vi.restoreAllMocks();
  history.replaceState(null, '', '#');
});

test.each(MAY_BE_EMPTY)(
  'the page %s says that nothing was logged only when the logs were read',
  async (id) => {
    // Its code, so that nothing takes real time afterwards.
    await PAGES.find((row) => row.id === id)!.load();
    if (id === 'run') await import('../pages/run/no-maps.js');
    vi.useFakeTimers();
    history.replaceState(null, '', `#${id}`);
    const box = document.createElement('div');
    document.body.append(box);
    const made = createRoot(box);
    root = made;
    let isRead = false;
    const { runs, tell } = hubWith(listOf(false), undefined, async () => ({
      summary: runSummary('a', { readToEnd: isRead }),
      tags: [],
      gaps: [],
    }));
    const inFiveSeconds = () => act(async () => void (await vi.advanceTimersByTimeAsync(5000)));
    await act(async () => made.render(<AppView runs={runs} pages={PAGES} />));
    await inFiveSeconds();
    expect(said()).not.toMatch(NOTHING);
    isRead = true;
    await act(async () => tell(listOf(true)));
    await inFiveSeconds();
    expect(said()).toMatch(NOTHING);
  },
);
