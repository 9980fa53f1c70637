/** The button of the top bar that lists the alerts of all runs. */
import { useEffect, useState } from 'react';
import { createAlertCenter } from '../runs/alert-center.js';
import { askToNotify, canNotify } from '../runs/desktop-notices.js';
import { Dialog } from '../ui/dialog.js';
import { formatStep } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { useStoreValue } from '../ui/store.js';
import type { AppShell } from './shell.js';
import './alerts-button.css';

const timeOfDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function AlertsButton({ shell }: { readonly shell: AppShell }) {
  const [center] = useState(() => createAlertCenter(shell.runs.list, shell.say));
  useEffect(() => center.follow(), [center]);
  const holding = useStoreValue(center.holding);
  const arisen = useStoreValue(center.arisen);
  const isNotifying = useStoreValue(center.isNotifying);
  const [isOpen, setOpen] = useState(false);
  const label = holding.length === 0 ? 'Alerts' : `Alerts: ${holding.length} now`;
  return (
    <>
      <button
        type="button"
        className={holding.length > 0 ? 'button quiet alerts-button is-warn' : 'button quiet icon-only'}
        aria-label={label}
        title={label}
        onClick={() => setOpen(true)}
      >
        <Icon name="bell" />
        {holding.length > 0 && <span className="micro">{holding.length}</span>}
      </button>
      <Dialog open={isOpen} title="Alerts" onClose={() => setOpen(false)}>
        <p className="small muted">
          A loss that is not finite, no progress for ten times the usual step, a run that fails or ends.
        </p>
        <label className="alerts-notify small">
          <input
            type="checkbox"
            checked={isNotifying}
            disabled={!canNotify()}
            onChange={({ target }) => {
              if (!target.checked) center.isNotifying.set(false);
              else void askToNotify().then((isAllowed) => center.isNotifying.set(isAllowed));
            }}
          />
          {canNotify()
            ? 'Show them as desktop notifications too'
            : 'This browser does not support desktop notifications'}
        </label>
        <h3 className="heading">Now</h3>
        {holding.length === 0 && <p className="small muted">None.</p>}
        <ul className="alerts-list small">
          {holding.map(({ kind, run, sentence }) => (
            <li key={`${kind} ${run}`}>
              <a href={`#summary?run=${encodeURIComponent(run)}`} onClick={() => setOpen(false)}>
                {sentence}
              </a>
            </li>
          ))}
        </ul>
        {arisen.length > 0 && (
          <>
            <h3 className="heading">Since the page was opened</h3>
            <ul className="alerts-list small">
              {arisen.map(({ kind, run, at, step, sentence }) => (
                <li key={`${kind} ${run} ${at}`}>
                  <span className="faint" title={`step ${formatStep(step)}`}>
                    {timeOfDay.format(at * 1000)}
                  </span>{' '}
                  {sentence}
                </li>
              ))}
            </ul>
          </>
        )}
      </Dialog>
    </>
  );
}
