/** Opens the run page: one run, its captures, and the arithmetic behind each pixel. */
import type { ReactNode } from 'react';
import { createDecoder } from '../../decode/decoder.js';
import { RunsMenu } from '../../runs/beside-runs.js';
import { copyText } from '../../ui/copy-text.js';
import type { OpenPage, Shell } from '../page.js';
import { createTrainerLink, TrainerContext } from './ask/trainer-link.js';
import { EmptyNote } from './empty-note.js';
import { handleKey, RUN_KEYS } from './keys.js';
import { Part } from './part.js';
import { RunFoot } from './run-foot.js';
import { RunPage } from './run-page.js';
import { RunPageContext } from './run-page-context.js';
import { RunStatus } from './run-status.js';
import { RunPageState } from './state/run-page-state.js';

export function open({ runs, theme, say }: Shell): OpenPage {
  const state = new RunPageState(runs, createDecoder());
  const { view } = state;
  // If the address names a theme, keep it in step with the theme that the user chooses.
  theme.subscribe(() => {
    if (view.get().theme !== undefined) state.show({ theme: theme.get() });
  });
  const copyLink = (): void => {
    void copyText(state.link()).then((isCopied) => {
      if (isCopied) say('Link copied');
    });
  };
  const trainer = createTrainerLink(state);
  const within = (children: ReactNode) => (
    <RunPageContext value={state}>
      <TrainerContext value={trainer}>{children}</TrainerContext>
    </RunPageContext>
  );
  const captureNow = (): void => {
    void trainer.ask({ ask: 'capture' }).then(() => {
      const said = trainer.said.get();
      if (said !== undefined) say(said.sentence);
    });
  };
  const part = (name: string, children: ReactNode) => within(<Part name={name}>{children}</Part>);
  return {
    main: within(<RunPage />),
    status: part('The state of the run', <RunStatus onCopyLink={copyLink} />),
    menu: <RunsMenu label="Runs, config and findings" />,
    foot: part('The readings', <RunFoot />),
    emptyNote: part('The note', <EmptyNote />),
    hash: state.address.hash,
    problems: state.problems.sentences,
    keys: RUN_KEYS,
    handleKey: (event) => handleKey(event, state, { copyLink, say, captureNow }),
    addressChanged: () => {
      state.problems.read(location.hash);
      state.address.read();
    },
  };
}
