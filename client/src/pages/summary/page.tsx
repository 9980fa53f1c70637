/** Opens the summary of a run. */
import { handleRunsKey, RUNS_KEYS, RunsMenu } from '../../runs/beside-runs.js';
import { createRunsAddress, RUN_CHOICE } from '../../runs/run-choice.js';
import { createViewFormat, optional } from '../../ui/view-format.js';
import { name } from '../../ui/view-kinds.js';
import type { OpenPage, Shell } from '../page.js';
import { SummaryPage, type SummaryView } from './summary-page.js';

export const SUMMARY_VIEW = createViewFormat<SummaryView>({
  run: optional('run', name(), 'the newest run is shown'),
  runs: RUN_CHOICE,
});

export function open({ runs }: Shell): OpenPage {
  const address = createRunsAddress<SummaryView>(runs, { id: 'summary', format: SUMMARY_VIEW });
  return {
    main: <SummaryPage address={address} />,
    menu: <RunsMenu />,
    hash: address.hash,
    problems: address.problems,
    addressChanged: () => address.read(),
    keys: RUNS_KEYS,
    handleKey: (event) => handleRunsKey(event, runs),
  };
}
