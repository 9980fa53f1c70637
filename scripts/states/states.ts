/** The states of the run page, of the list of runs and of the lab, and how to come to each. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { writeRun } from '../browser/support/written-runs.js';

/** Where a state is shown: which hub serves it, and what becomes of that hub. */
export type Place =
  /** Runs that have ended. */
  | 'runs'
  | 'read-only'
  | 'empty'
  | 'many'
  /** A run that trains. */
  | 'training'
  /** A page of the runs whose hub is stopped before the picture. */
  | 'lost';

export interface State {
  readonly name: string;
  readonly place: Place;
  readonly hash: string;
  /** Prepares the logs. */
  readonly prepare?: (scene: StateScene) => unknown;
  /** Prepares the page before it loads. */
  readonly before?: (page: Page) => Promise<unknown>;
  /** What leads to the state once the page is drawn. */
  readonly act?: (page: Page, scene: StateScene) => Promise<unknown>;
  /** The page is never drawn to its end. */
  readonly isUnfinished?: true;
}

export interface StateScene {
  readonly logdir: string;
  /** Stops the training process, as if it were stuck, until `goOn`. */
  freeze(): void;
  goOn(): void;
  stopHub(): Promise<void>;
}

const never = () => new Promise<never>(() => undefined);
const openAsk = async (page: Page) => {
  await page.locator('.ask-button').click();
  await page.getByRole('button', { name: /^(Pause|Go on) training$/ }).waitFor();
};

export const STATES: readonly State[] = [
  { name: 'finished', place: 'runs', hash: '#run?run=finished&layer=conv2' },
  { name: 'pinned', place: 'runs', hash: '#run?run=finished&layer=conv2&step=20&ch=3&y=5&x=7' },
  { name: 'interrupted', place: 'runs', hash: '#run?run=interrupted' },
  { name: 'failed', place: 'runs', hash: '#run?run=failed' },
  { name: 'trainer-lost', place: 'runs', hash: '#run?run=lost' },
  { name: 'gradients', place: 'runs', hash: '#run?run=finished&layer=conv1&view=gradient' },
  { name: 'torch', place: 'runs', hash: '#run?run=torch' },
  { name: 'described-torch', place: 'runs', hash: '#run?run=described-torch' },
  { name: 'scalars-only', place: 'runs', hash: '#run?run=scalars-only' },
  { name: 'learning-rate', place: 'runs', hash: '#run?run=scalars-only&curve=lr' },
  { name: 'not-finite', place: 'runs', hash: '#run?run=not-finite&ch=1' },
  { name: 'diverged', place: 'runs', hash: '#run?run=diverged' },
  { name: 'gap', place: 'runs', hash: '#run?run=gap' },
  { name: 'resumed', place: 'runs', hash: '#run?run=resumed&earlier=1' },
  { name: 'missing-run', place: 'runs', hash: '#run?run=finishd' },
  { name: 'missing-step', place: 'runs', hash: '#run?run=finished&step=17' },
  { name: 'missing-layer', place: 'runs', hash: '#run?run=finished&layer=conv9&probe=50&lo=x' },
  { name: 'missing-curve', place: 'runs', hash: '#run?run=finished&curve=Loss%2Ftrain' },
  {
    name: 'run-list',
    place: 'runs',
    hash: '#run?run=finished',
    act: (page) => page.keyboard.press('b'),
  },
  {
    name: 'loading',
    place: 'runs',
    hash: '#run?run=finished',
    isUnfinished: true,
    before: (page) => page.route(/\/api\/(run|index|events?|v1\/series)(\?|$)/, never),
    act: (page) => page.locator('.well').first().waitFor(),
  },
  {
    name: 'first-load',
    place: 'runs',
    hash: '#run?run=finished',
    isUnfinished: true,
    before: (page) => page.routeWebSocket(/socket\.io/, () => undefined),
    act: (page) => page.locator('main').waitFor(),
  },
  {
    name: 'deleted-while-shown',
    place: 'runs',
    hash: '#run?run=deleted',
    prepare: ({ logdir }) => writeRun(logdir, { name: 'deleted', losses: [3, 2, 1] }),
    async act(page, { logdir }) {
      rmSync(join(logdir, 'deleted'), { recursive: true });
      await page.locator('[data-missing-run]').waitFor();
    },
  },
  { name: 'read-only', place: 'read-only', hash: '#run?run=finished' },
  { name: 'waiting', place: 'empty', hash: '' },
  { name: 'five-hundred', place: 'many', hash: '#run?run=sweep/lr0_seed250' },
  { name: 'live', place: 'training', hash: '#run?run=training&layer=conv1' },
  { name: 'asking', place: 'training', hash: '#run?run=training', act: openAsk },
  {
    name: 'paused',
    place: 'training',
    hash: '#run?run=training',
    async act(page) {
      await openAsk(page);
      const pause = page.getByRole('button', { name: 'Pause training' });
      if (await pause.isVisible()) await pause.click();
      await page.locator('.ask-button').getByText('paused').waitFor();
      await page.keyboard.press('Escape');
    },
  },
  {
    name: 'stalled',
    place: 'training',
    hash: '#run?run=training',
    async act(page, { freeze, goOn }) {
      await openAsk(page);
      const goOnTraining = page.getByRole('button', { name: 'Go on training' });
      if (await goOnTraining.isVisible()) await goOnTraining.click();
      await page.keyboard.press('Escape');
      freeze();
      // The list of runs has the words on a phone.
      await page
        .getByText(/no data for \d+ s/)
        .first()
        .waitFor({ state: 'attached' });
      setTimeout(goOn, 1_000);
    },
  },
  {
    name: 'hub-lost',
    place: 'lost',
    hash: '#run?run=torch-live',
    async act(page, { stopHub }) {
      await stopHub();
      await page
        .getByText(/no data for/)
        .first()
        .waitFor({ state: 'attached' });
    },
  },
];

export const LAB_STATES: readonly { readonly name: string; readonly hash: string }[] = [
  { name: 'lab-refusal', hash: '#lab?p=same&sh=2&sw=2' },
  { name: 'lab-large-kernel', hash: '#lab?h=5&w=5&kh=9&kw=3' },
  { name: 'lab-out-of-range', hash: '#lab?kh=99&sh=0&co=2.5' },
];
