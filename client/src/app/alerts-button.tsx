/** The button of the top bar that lists the alerts of all runs. The title of the document counts them. */
import { useEffect, useState } from 'react';
import { createAlertCenter } from '../runs/alert-center.js';
import { Dialog } from '../ui/dialog.js';
import { Icon } from '../ui/icons.js';
import { lazily } from '../ui/lazily.js';
import { PartBoundary } from '../ui/part-boundary.js';
import { useStore, useStoreValue } from '../ui/store.js';
import type { AppShell } from './shell.js';
import './alerts-button.css';

const NAME = 'convscope';
/** An exported file is titled by its run. */
const EXPORTED = document.title.endsWith(` · ${NAME}`) ? document.title : undefined;

const AlertsContent = lazily(async () => (await import('./alerts-content.js')).AlertsContent, null);

export interface AlertsButtonProps {
  readonly shell: AppShell;
  /** The name of the page that is shown. */
  readonly page: string;
}

export function AlertsButton({ shell, page }: AlertsButtonProps) {
  const [center] = useState(() => createAlertCenter(shell.runs.list, shell.say));
  useEffect(() => center.follow(), [center]);
  const holding = useStoreValue(center.holding);
  const logdir = useStore(shell.runs.list, (list) => list?.logdir);
  useEffect(() => {
    // Several hubs may be open in tabs, of which little more than the beginning can be read.
    const count = holding.length > 0 ? `(${holding.length}) ` : '';
    document.title = `${count}${EXPORTED ?? [page, logdir, NAME].filter(Boolean).join(' · ')}`;
  }, [holding, page, logdir]);
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
