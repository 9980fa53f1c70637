/** Opens the page of hyperparameters. */
import { handleRunsKey, RUNS_KEYS, RunsMenu } from '../../runs/beside-runs.js';
import type { OpenPage, Shell } from '../page.js';
import { HparamsPage } from './hparams-page.js';
import { HparamsContext, HparamsState } from './hparams-state.js';

export function open({ runs }: Shell): OpenPage {
  const state = new HparamsState(runs);
  return {
    main: (
      <HparamsContext value={state}>
        <HparamsPage />
      </HparamsContext>
    ),
    menu: <RunsMenu />,
    hash: state.address.hash,
    problems: state.address.problems,
    addressChanged: () => state.address.read(),
    keys: [
      ...RUNS_KEYS,
      [['←', '→'], 'on the name of an axis: move the axis'],
      [['↑', '↓'], 'on an axis: move the upper end of what is chosen, with Shift the lower'],
      [['Esc'], 'on an axis: choose all of it'],
    ],
    handleKey: (event) => handleRunsKey(event, runs),
  };
}
