/** Opens the images page: the pictures of all runs, step by step. */
import { handleRunsKey, RUNS_KEYS, RunsMenu } from '../../runs/beside-runs.js';
import { HasShownContext, hasKind } from '../../runs/shown-kind.js';
import { isForPage } from '../../ui/keys.js';
import type { KeyHelp, OpenPage, Shell } from '../page.js';
import { ImagesContext } from './images-context.js';
import { ImagesPage } from './images-page.js';
import { ImagesState } from './images-state.js';

const hasImages = hasKind('image');

const KEYS: readonly KeyHelp[] = [
  [['←', '→'], 'step of all cards (Shift: 10)'],
  [['L'], 'newest step'],
  [['[', ']'], 'picture of the batch'],
  [['S'], 'smooth or pixelated'],
  [['Z'], 'fit or actual size'],
  [['←', '→', '↑', '↓'], 'on a picture: value of a pixel'],
];

export function open({ runs }: Shell): OpenPage {
  const state = new ImagesState(runs);
  return {
    main: (
      <HasShownContext value={hasImages}>
        <ImagesContext value={state}>
          <ImagesPage />
        </ImagesContext>
      </HasShownContext>
    ),
    menu: <RunsMenu />,
    hash: state.address.hash,
    problems: state.address.problems,
    keys: [...KEYS, ...RUNS_KEYS],
    handleKey: (event) => handleImagesKey(event, state) || handleRunsKey(event, runs),
    addressChanged: () => state.address.read(),
  };
}

function handleImagesKey(event: KeyboardEvent, state: ImagesState): boolean {
  if (!isForPage(event)) return false;
  const { view } = state;
  const by = event.shiftKey ? 10 : 1;
  // A slider moves itself.
  const isSlider = event.target instanceof HTMLInputElement;
  if (event.key === 'ArrowLeft' && !isSlider) state.moveBy(-by);
  else if (event.key === 'ArrowRight' && !isSlider) state.moveBy(by);
  else if (event.key === 'l') state.show({ step: undefined, steps: new Map() });
  else if (event.key === '[') state.show({ picture: Math.max(0, view.picture - 1) });
  else if (event.key === ']') state.show({ picture: view.picture + 1 });
  else if (event.key === 's') state.show({ smooth: !view.smooth });
  else if (event.key === 'z') state.show({ zoom: view.zoom === undefined ? 1 : undefined });
  else return false;
  return true;
}
