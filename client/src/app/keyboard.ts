/** Keys of every page, and of the run page. Grids and sliders take their own arrow keys first. */

import type { App } from '../pages/run/state/run-page-state.js';
import { FLAGS, LOCKS } from '../pages/run/state/view-state.js';
import { PAGES, type Page } from './pages.js';

/** How long after G a letter still names a page. */
const GO_MS = 1500;

export interface GlobalActions {
  readonly toggleTheme: () => void;
  readonly toggleHelp: () => void;
  readonly goTo: (page: Page) => void;
}

export interface PageActions {
  readonly toggleRail: () => void;
  readonly toggleInspector: () => void;
  readonly copyLink: () => void;
}

function after<T>(values: readonly T[], value: T): T {
  return values[(values.indexOf(value) + 1) % values.length]!;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable)
  );
}

/** Whether a key is for the page: not for a field, the browser or the system. */
function isForPage(event: KeyboardEvent): boolean {
  return !(event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target));
}

/** Keys that do the same on every page. The answer is true when the key did something. */
export function createGlobalKeys(actions: GlobalActions): (event: KeyboardEvent) => boolean {
  let goUntil = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (!isForPage(event)) return false;
    const key = event.key.toLowerCase();
    if (event.timeStamp < goUntil && key !== 'shift') {
      goUntil = Number.NEGATIVE_INFINITY;
      const page = PAGES.find(({ id }) => id.startsWith(key));
      if (page !== undefined) {
        actions.goTo(page.id);
        return true;
      }
    }
    if (key === 'g') goUntil = event.timeStamp + GO_MS;
    else if (key === '?') actions.toggleHelp();
    else if (key === 't') actions.toggleTheme();
    else return false;
    return true;
  };
}

/** Keys of the run page. True when the key did something. */
export function handleKey(event: KeyboardEvent, app: App, actions: PageActions): boolean {
  if (!isForPage(event)) return false;
  const view = app.view.get();
  const run = app.run.get();
  switch (event.key) {
    case 'b':
      actions.toggleRail();
      return true;
    case 'i':
      actions.toggleInspector();
      return true;
    case '/':
      document.getElementById('run-filter')?.focus();
      return true;
  }
  if (run === undefined) return false;
  const onButton = event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
  switch (event.key) {
    case ' ':
      if (onButton) return false;
      app.togglePlay();
      return true;
    case 'ArrowLeft':
      app.stepBy(event.shiftKey ? -10 : -1);
      return true;
    case 'ArrowRight':
      app.stepBy(event.shiftKey ? 10 : 1);
      return true;
    case 'l':
      app.goLive();
      return true;
    case '[':
    case ']': {
      const index = run.layer === undefined ? -1 : run.layers.indexOf(run.layer);
      const next = run.layers[index + (event.key === ']' ? 1 : -1)];
      if (next !== undefined) app.selectLayer(next.name);
      return true;
    }
    case 'j':
      app.selectChannel(view.channel + 1);
      return true;
    case 'k':
      app.selectChannel(view.channel - 1);
      return true;
    case 'Enter': {
      if (onButton) return false;
      const hover = app.hover.get();
      if (hover === undefined) return false;
      app.pinHovered(hover);
      return true;
    }
    case 's':
      app.show({ lock: after(LOCKS, view.lock), limits: {} });
      return true;
    case 'v':
      app.show({ stage: view.stage === 'relu' ? 'conv' : 'relu', limits: {} });
      return true;
    case 'f':
      app.show({ flag: after([undefined, ...FLAGS.filter((flag) => app.hasFlag(flag))], view.flag) });
      return true;
    case 'y':
      actions.copyLink();
      return true;
  }
  if (/^[1-8]$/.test(event.key)) {
    const probe = Number(event.key) - 1;
    const count = run.start?.probes.length ?? 8;
    if (probe < count) app.show({ probe });
    return true;
  }
  return false;
}
