/** The button that opens the panel, by which the process that trains the shown run is asked. */
import { useIsHubLost, useRunSummary } from '../../../runs/runs-context.js';
import { stateWord } from '../../../runs/state-words.js';
import { Icon } from '../../../ui/icons.js';
import { lazily } from '../../../ui/lazily.js';
import { Popover } from '../../../ui/popover.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { useTrainer } from './trainer-link.js';

const Content = lazily(
  async () => (await import('./ask-content.js')).AskContent,
  <p className="small muted">Loading.</p>,
);

export function AskPanel() {
  const trainer = useTrainer();
  const isOpen = useStoreValue(trainer.isOpen);
  const summary = useRunSummary(useStore(useRunPage().run, (run) => run?.run));
  const isHubLost = useIsHubLost();
  const isPaused = summary !== undefined && stateWord(summary, isHubLost).word === 'paused';
  return (
    <Popover
      open={isOpen}
      onOpenChange={(open) => trainer.isOpen.set(open)}
      title="Ask the running net"
      className="ask-button"
      hint="Capture now (C), how often, which layers, which pictures; pause"
      button={
        <>
          <Icon name="ask" />
          <span className={isPaused ? 'is-warn' : 'button-word'}>{isPaused ? 'paused' : 'Capture'}</span>
        </>
      }
    >
      <Content />
    </Popover>
  );
}
