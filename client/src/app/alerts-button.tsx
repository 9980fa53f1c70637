/** The button of the top bar that lists the alerts of all runs. */
import { useEffect, useState } from 'react';
import { createAlertCenter } from '../runs/alert-center.js';
import { Dialog } from '../ui/dialog.js';
import { Icon } from '../ui/icons.js';
import { lazily } from '../ui/lazily.js';
import { PartBoundary } from '../ui/part-boundary.js';
import { useStoreValue } from '../ui/store.js';
import type { AppShell } from './shell.js';
import './alerts-button.css';

const AlertsContent = lazily(async () => (await import('./alerts-content.js')).AlertsContent, null);

export function AlertsButton({ shell }: { readonly shell: AppShell }) {
  const [center] = useState(() => createAlertCenter(shell.runs.list, shell.say));
  useEffect(() => center.follow(), [center]);
  const holding = useStoreValue(center.holding);
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
        <PartBoundary name="The list of alerts" of="">
          <AlertsContent center={center} onClose={() => setOpen(false)} />
        </PartBoundary>
      </Dialog>
    </>
  );
}
