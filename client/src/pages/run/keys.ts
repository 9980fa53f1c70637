/** Keys of the run page. Grids and sliders handle their arrow keys themselves. */

import { LOCKS } from '../../drawing/limits.js';
import { handleRunsKey, RUNS_KEYS } from '../../runs/beside-runs.js';
import { plural } from '../../ui/format.js';
import { isForPage } from '../../ui/keys.js';
import type { KeyHelp } from '../page.js';
import { compareLink } from './state/compare-link.js';
import type { RunPageState } from './state/run-page-state.js';
import { FLAGS } from './state/view-state.js';

/** The keys, for the help dialog. */
export const RUN_KEYS: readonly KeyHelp[] = [
  [['Space'], 'play or pause'],
  [['←', '→'], 'previous, next capture'],
  [['Shift', '←', '→'], '10 captures'],
  [['L'], 'live, newest step'],
  [['+', '-', '0'], 'in the timeline: fewer, more, all steps (or the wheel)'],
  [['[', ']'], 'previous, next layer'],
  [['J', 'K'], 'next, previous channel, as they are sorted'],
  [['U'], 'to the input that adds most to this channel'],
  [['Shift', 'U'], 'back to where that was'],
  [['Tab', 'arrows'], 'into a grid; move the pixel'],
  [['+', '-', '0'], 'in the kernel matrix: larger, smaller, fit (or the wheel)'],
  [['PgUp', 'PgDn'], 'in the contributions: previous, next input'],
  [['Enter'], 'pin the pixel under the pointer'],
  [['S'], 'scale lock'],
  [['V'], 'conv, ReLU or gradient'],
  [['F'], 'next health flag'],
  [['Shift', 'C'], 'compare with the first capture: which channels changed most'],
  [['1', '8'], 'probe picture, 1 to 8'],
  [['C'], 'capture now'],
  [['Y'], 'copy link'],
  [['I'], 'inspector'],
  [['Esc'], 'close the inspector where it lies over the page'],
  ...RUNS_KEYS,
];

function after<T>(values: readonly T[], value: T): T {
  return values[(values.indexOf(value) + 1) % values.length]!;
}

export interface KeyActions {
  copyLink(): void;
  /** Asks the process that trains the run for a capture. */
  captureNow(): void;
  /** Shows a sentence for a moment. */
  say(sentence: string): void;
}

/** Returns true when it has handled the key. */
export function handleKey(
  event: KeyboardEvent,
  app: RunPageState,
  { copyLink, say, captureNow }: KeyActions,
): boolean {
  if (handleRunsKey(event, app.runs)) return true;
  if (!isForPage(event)) return false;
  const view = app.view.get();
  const run = app.run.get();
  if (event.key === 'i') {
    app.inspector.toggle();
    return true;
  }
  if (event.key === 'Escape') return app.inspector.dismiss();
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
      // Keys may come faster than they are drawn, so each goes on from what the one before it chose.
      const chosen = run.views.findIndex(({ name }) => name === view.layer);
      const index = chosen >= 0 || run.layer === undefined ? chosen : run.views.indexOf(run.layer);
      const next = run.views[index + (event.key === ']' ? 1 : -1)];
      if (next !== undefined) app.selectLayer(next.name, event.repeat);
      return true;
    }
    case 'j':
      app.moveChannel(1);
      return true;
    case 'k':
      app.moveChannel(-1);
      return true;
    case 'u':
      void app.followStrongest().then((isFollowed) => {
        if (!isFollowed) say('The log does not say what this channel comes from, or it is the picture.');
      });
      return true;
    case 'U':
      app.goBackTo(view.trail.length - 1);
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
      app.showNextStage();
      return true;
    case 'f':
      app.show({ flag: after([undefined, ...FLAGS.filter((flag) => app.hasFlag(flag))], view.flag) });
      return true;
    case 'C': {
      const link = compareLink(app);
      if (link === undefined) say('There are no two captures to compare yet.');
      else location.hash = link.hash;
      return true;
    }
    case 'c':
      if (!event.repeat) captureNow();
      return true;
    case 'y':
      copyLink();
      return true;
  }
  if (/^[1-8]$/.test(event.key)) {
    const probe = Number(event.key) - 1;
    const count = app.probes;
    if (count === undefined) say('The pictures of this run are not known yet.');
    else if (probe < count) app.show({ probe });
    else say(`There is no picture ${event.key}: this run has ${plural(count, 'picture')}.`);
    return true;
  }
  return false;
}
