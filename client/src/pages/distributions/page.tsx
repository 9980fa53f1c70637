/** Opens the page of histograms and distributions. */
import { handleRunsKey, RUNS_KEYS, RunsMenu } from '../../runs/beside-runs.js';
import { HasShownContext, hasKind } from '../../runs/shown-kind.js';
import { isForPage } from '../../ui/keys.js';
import type { OpenPage, Shell } from '../page.js';
import { TAG_FILTER_ID } from './controls.js';
import { DistributionsPage } from './distributions-page.js';
import { createDistributionsState, DistributionsContext } from './distributions-state.js';
import { PLOTS } from './view.js';

const hasHistograms = hasKind('histogram');

export function open({ runs }: Shell): OpenPage {
  const state = createDistributionsState(runs);
  const { address } = state;
  return {
    main: (
      <HasShownContext value={hasHistograms}>
        <DistributionsContext value={state}>
          <DistributionsPage />
        </DistributionsContext>
      </HasShownContext>
    ),
    menu: <RunsMenu />,
    hash: address.hash,
    problems: address.problems,
    addressChanged: () => address.read(),
    keys: [
      ...RUNS_KEYS,
      [['F'], 'filter tags'],
      [['1', '4'], 'offset, overlay, percentiles, layers'],
      [['←', '→', 'Home', 'End'], 'in a plot: another step'],
      [['↓', '↑'], 'in a plot: another bin'],
    ],
    handleKey(event) {
      if (handleRunsKey(event, runs)) return true;
      if (!isForPage(event)) return false;
      const plot = PLOTS[Number(event.key) - 1];
      if (plot !== undefined) address.show({ plot }, 'push');
      else if (event.key === 'f') document.getElementById(TAG_FILTER_ID)?.focus();
      else return false;
      return true;
    },
  };
}
