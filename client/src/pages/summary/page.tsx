/** Opens the summary of a run. */
import { handleRunsKey, RUNS_KEYS, RunsMenu } from '../../runs/beside-runs.js';
import { createPageAddress } from '../../ui/page-address.js';
import type { OpenPage, Shell } from '../page.js';
import { SummaryPage, type SummaryView } from './summary-page.js';

/** No path below a logdir is longer. */
const LENGTH = 4096;

export function summaryViewFrom(query: URLSearchParams): SummaryView {
  const run = (query.get('run') ?? '').slice(0, LENGTH).replaceAll(/\p{Surrogate}/gu, '');
  return { run: run === '' ? undefined : run };
}

export function summaryQueryOf({ run }: SummaryView): URLSearchParams {
  return new URLSearchParams(run === undefined ? [] : [['run', run]]);
}

export function open({ runs }: Shell): OpenPage {
  const address = createPageAddress<SummaryView>({
    id: 'summary',
    parse: summaryViewFrom,
    format: summaryQueryOf,
  });
  return {
    main: <SummaryPage address={address} />,
    menu: <RunsMenu />,
    hash: address.hash,
    addressChanged: () => address.read(),
    keys: RUNS_KEYS,
    handleKey: (event) => handleRunsKey(event, runs),
  };
}
