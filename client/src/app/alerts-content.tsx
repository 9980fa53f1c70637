/** What the dialog of alerts holds. */
import { useState } from 'react';
import type { AlertCenter } from '../runs/alert-center.js';
import { askToNotify, canNotify, mayNotify } from '../runs/desktop-notices.js';
import { formatStep } from '../ui/format.js';
import { formatTime } from '../ui/log-time.js';
import { useStoreValue } from '../ui/store.js';
import './alerts-content.css';

const timeOfDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function AlertsContent(props: { readonly center: AlertCenter; readonly onClose: () => void }) {
  const { center, onClose } = props;
  const holding = useStoreValue(center.holding);
  const arisen = useStoreValue(center.arisen);
  const isNotifying = useStoreValue(center.isNotifying);
  const [isRefused, setRefused] = useState(false);
  const choose = async (wanted: boolean): Promise<void> => {
    const isAllowed = wanted && (await askToNotify());
    setRefused(wanted && !isAllowed);
    center.isNotifying.set(isAllowed);
  };
  return (
    <>
      <p className="small muted">
        A loss that is not finite, no progress for ten times the usual step, a run that fails or ends.
      </p>
      <label className="alerts-notify small">
        <input
          type="checkbox"
          checked={isNotifying && mayNotify()}
          disabled={!canNotify()}
          onChange={({ target }) => void choose(target.checked)}
        />
        {canNotify()
          ? 'Show them as desktop notifications too'
          : 'This browser does not support desktop notifications'}
      </label>
      {isRefused && (
        <p className="small is-warn" role="status">
          The browser does not let this page show notifications: allow them in its settings for this site.
        </p>
      )}
      <h3 className="heading">Now</h3>
      {holding.length === 0 && <p className="small muted">None.</p>}
      <ul className="alerts-list small">
        {holding.map(({ kind, run, sentence }) => (
          <li key={`${kind} ${run}`}>
            <a href={`#summary?run=${encodeURIComponent(run)}`} onClick={onClose}>
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
                  {formatTime(timeOfDay, at)}
                </span>{' '}
                {sentence}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
