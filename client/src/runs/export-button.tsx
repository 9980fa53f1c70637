import { useState } from 'react';
import { Icon } from '../ui/icons.js';
import { lazily } from '../ui/lazily.js';

const ExportDialog = lazily(() => import('./export-dialog.js').then((module) => module.ExportDialog), null);

/** Opens what saves a run as one HTML file. */
export function ExportButton({ run }: { readonly run: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button quiet icon-only only-wide export-button"
        aria-label="Export"
        title="Export this run as one HTML file"
        onClick={() => setOpen(true)}
      >
        <Icon name="download" />
      </button>
      {isOpen && <ExportDialog run={run} onClose={() => setOpen(false)} />}
    </>
  );
}
