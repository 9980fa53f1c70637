import { memo } from 'react';
import { formatStep } from '../../../ui/format.js';
import { Icon } from '../../../ui/icons.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { compareLink } from '../state/compare-link.js';

/**
 * Opens the comparison with the first capture, most changed channels first. It follows the playhead as all but the output
 * grid does, since every step changes its address.
 */
export const ChangesLink = memo(function ChangesLink() {
  const app = useRunPage();
  const { run, view, restStep: step, frames } = app;
  // What the link leads to.
  useStore(run, (one) => one?.steps);
  useStore(view, ({ channel, y, x, stage, probe }) => [channel, y, x, stage, probe].join());
  useStoreValue(step);
  useStoreValue(frames.rest);
  const link = compareLink({ run, view, step, frames: { frame: frames.rest } });
  if (link === undefined) return null;
  const text = `Which channels have changed most from step ${formatStep(link.since)} to ${formatStep(link.step)}`;
  return (
    <a className="chip changes-link" href={link.hash} aria-label={text} title={`${text} (Shift+C)`}>
      <Icon name="compare" />
      <span className="changes-text">changed since {formatStep(link.since)}</span>
    </a>
  );
});
