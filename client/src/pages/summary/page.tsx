/** Opens the summary of a run. */
import { handleRunsKey, RUNS_KEYS, RunsMenu } from '../../runs/beside-runs.js';
import { createPageAddress } from '../../ui/page-address.js';
import { createViewFormat, optional } from '../../ui/view-format.js';
import { name } from '../../ui/view-kinds.js';
import type { OpenPage, Shell } from '../page.js';
import { SummaryPage, type SummaryView } from './summary-page.js';

export const SUMMARY_VIEW = createViewFormat<SummaryView>({
  run: optional('run', name(), 'the newest run is shown'),
});

export function open({ runs }: Shell): OpenPage {
  const address = createPageAddress<SummaryView>({ id: 'summary', format: SUMMARY_VIEW });
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
