import { elapsedText } from '../../charts/time-ticks.js';
import { useIsHubLost, useRuns } from '../../runs/runs-context.js';
import { stateWord } from '../../runs/state-words.js';
import { Button } from '../../ui/button.js';
import { formatStep, plural } from '../../ui/format.js';
import { Icon } from '../../ui/icons.js';
import { useStoreValue } from '../../ui/store.js';
import { useNow } from '../../ui/use-now.js';

/** How many runs there are, how many of them are live, and how old the newest point is. */
export function ScalarsStatus({ onCopyLink }: { onCopyLink: () => void }) {
  const list = useStoreValue(useRuns().list);
  const now = useNow(1000);
  const runs = list?.runs ?? [];
  const isHubLost = useIsHubLost();
  const withWord = (word: string) => runs.filter((run) => stateWord(run, isHubLost).word === word).length;
  const liveWord = isHubLost ? 'was live' : 'live';
  const live = withWord(liveWord);
  const paused = withWord('paused');
  const newest = Math.max(0, ...runs.map(({ lastWallTime }) => lastWallTime));
  return (
    <>
      <div className="status only-wide">
        <span className="separator" />
        <span
          className={isHubLost ? 'dot small-dot hollow' : live > 0 ? 'dot small-dot ok' : 'dot small-dot'}
        />
        <span>
          <b>{formatStep(live)}</b> {isHubLost && live !== 1 ? 'were live' : liveWord}
        </span>
        {paused > 0 && (
          <span className="is-warn">
            <b>{formatStep(paused)}</b> paused
          </span>
        )}
        <span>
          <b>{plural(runs.length, 'run')}</b>
        </span>
        {newest > 0 && live > 0 && !isHubLost && (
          <span>
            last point <b>{elapsedText(Math.max(0, Math.round(now / 1000 - newest)))}</b> ago
          </span>
        )}
      </div>
      <span className="only-narrow grow medium">Scalars</span>
      <span className="grow only-wide" />
      <Button quiet className="only-wide" title="Copy a link to this view (Y)" onClick={onCopyLink}>
        <Icon name="link" />
        <span className="button-word">Copy link</span>
      </Button>
    </>
  );
}
