/** Opens the page of what has no page of its own: sounds, curves of precision and recall, graphs, and other plugins. */
import { handleRunsKey, RUNS_KEYS, RunsMenu } from '../../runs/beside-runs.js';
import { type HasShown, HasShownContext, hasKind } from '../../runs/shown-kind.js';
import { isForPage } from '../../ui/keys.js';
import type { KeyHelp, OpenPage, Shell } from '../page.js';
import { OtherPage } from './other-page.js';
import { OtherContext, OtherState } from './other-state.js';

const hasOtherKind = hasKind('other');
const hasOther: HasShown = (run) => (run.beside ?? []).length > 0 || hasOtherKind(run);

const KEYS: readonly KeyHelp[] = [
  [['←', '→'], 'step of sounds and curves (Shift: 10)'],
  [['L'], 'newest step'],
];

export function open({ runs }: Shell): OpenPage {
  const state = new OtherState(runs);
  return {
    main: (
      <HasShownContext value={hasOther}>
        <OtherContext value={state}>
          <OtherPage />
        </OtherContext>
      </HasShownContext>
    ),
    menu: <RunsMenu />,
    hash: state.address.hash,
    problems: state.address.problems,
    keys: [...KEYS, ...RUNS_KEYS],
    handleKey: (event) => handleOtherKey(event, state) || handleRunsKey(event, runs),
    addressChanged: () => state.address.read(),
  };
}

function handleOtherKey(event: KeyboardEvent, state: OtherState): boolean {
  // Sliders and players move themselves.
  const isControl = event.target instanceof HTMLInputElement || event.target instanceof HTMLMediaElement;
  if (!isForPage(event) || isControl) return false;
  const { step } = state.view;
  const by = event.shiftKey ? 10 : 1;
  if (event.key === 'ArrowLeft') state.show({ step: state.cards.moved(step, -by) });
  else if (event.key === 'ArrowRight') state.show({ step: state.cards.moved(step, by) });
  else if (event.key === 'l') state.show({ step: undefined });
  else return false;
  return true;
}
