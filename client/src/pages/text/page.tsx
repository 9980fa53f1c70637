/** Opens the text page: the texts of all runs, step by step. */
import { handleRunsKey, RUNS_KEYS, RunsMenu } from '../../runs/beside-runs.js';
import { HasShownContext, hasKind } from '../../runs/shown-kind.js';
import { isForPage } from '../../ui/keys.js';
import type { KeyHelp, OpenPage, Shell } from '../page.js';
import { TextPage } from './text-page.js';
import { TextContext, TextState } from './text-state.js';
import { MODES } from './view.js';

const hasTexts = hasKind('text');

const KEYS: readonly KeyHelp[] = [
  [['←', '→'], 'step of all texts (Shift: 10)'],
  [['L'], 'newest step'],
  [['M'], 'Markdown, raw, diff'],
];

export function open({ runs }: Shell): OpenPage {
  const state = new TextState(runs);
  return {
    main: (
      <HasShownContext value={hasTexts}>
        <TextContext value={state}>
          <TextPage />
        </TextContext>
      </HasShownContext>
    ),
    menu: <RunsMenu />,
    hash: state.address.hash,
    problems: state.address.problems,
    keys: [...KEYS, ...RUNS_KEYS],
    handleKey: (event) => handleTextKey(event, state) || handleRunsKey(event, runs),
    addressChanged: () => state.address.read(),
  };
}

function handleTextKey(event: KeyboardEvent, state: TextState): boolean {
  if (!isForPage(event)) return false;
  const { step, mode } = state.view;
  const by = event.shiftKey ? 10 : 1;
  // A slider moves itself.
  const isSlider = event.target instanceof HTMLInputElement;
  if (event.key === 'ArrowLeft' && !isSlider) state.show({ step: state.cards.moved(step, -by) });
  else if (event.key === 'ArrowRight' && !isSlider) state.show({ step: state.cards.moved(step, by) });
  else if (event.key === 'l') state.show({ step: undefined });
  else if (event.key === 'm')
    state.show({ mode: MODES[(MODES.indexOf(mode) + 1) % MODES.length] ?? 'markdown' });
  else return false;
  return true;
}
