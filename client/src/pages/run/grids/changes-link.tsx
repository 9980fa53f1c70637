import { formatStep } from '../../../ui/format.js';
import { Icon } from '../../../ui/icons.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { compareLink } from '../state/compare-link.js';

/** Opens the comparison with the first capture, most changed channels first. */
export function ChangesLink() {
  const app = useRunPage();
  // What the link leads to.
  useStore(app.run, (run) => run?.steps);
  useStore(app.view, (view) => view);
  useStore(app.step, (step) => step);
  const link = compareLink(app);
  if (link === undefined) return null;
  const text = `Which channels have changed most from step ${formatStep(link.since)} to ${formatStep(link.step)}`;
  return (
    <a className="chip changes-link" href={link.hash} aria-label={text} title={`${text} (Shift+C)`}>
      <Icon name="compare" />
      <span className="changes-text">changed since {formatStep(link.since)}</span>
    </a>
  );
}
