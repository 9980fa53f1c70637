/** Opens the scalars page: the curves of all runs, a card for each scalar. */
import { handleRunsKey, RUNS_KEYS, RunsMenu } from '../../runs/beside-runs.js';
import { HasShownContext, hasScalars } from '../../runs/shown-kind.js';
import { PartBoundary } from '../../ui/part-boundary.js';
import type { OpenPage, Shell } from '../page.js';
import { handleKey, SCALARS_KEYS } from './keys.js';
import { ScalarsContext } from './scalars-context.js';
import { ScalarsPage } from './scalars-page.js';
import { ScalarsState } from './scalars-state.js';
import { ScalarsStatus } from './scalars-status.js';

export function open({ runs, say }: Shell): OpenPage {
  const state = new ScalarsState(runs, say);
  return {
    main: (
      <HasShownContext value={hasScalars}>
        <ScalarsContext value={state}>
          <ScalarsPage />
        </ScalarsContext>
      </HasShownContext>
    ),
    status: (
      <PartBoundary name="The state of the runs" of="scalars">
        <ScalarsStatus onCopyLink={() => state.copyLink()} />
      </PartBoundary>
    ),
    menu: <RunsMenu />,
    hash: state.hash,
    problems: state.problems,
    keys: [...SCALARS_KEYS, ...RUNS_KEYS.filter(([keys]) => !keys.includes('/'))],
    handleKey: (event) => handleKey(event, state) || handleRunsKey(event, runs),
    addressChanged: () => state.readAddress(),
  };
}
