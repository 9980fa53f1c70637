import { useEffect, useRef } from 'react';
import type { KeyHelp } from '../pages/page.js';
import { Arrow } from '../ui/icons.js';

export interface HelpDialogProps {
  readonly keys: readonly KeyHelp[];
  readonly open: boolean;
  readonly onClose: () => void;
}

export function HelpDialog({ keys: help, open, onClose }: HelpDialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a modal dialog by itself
    <dialog
      className="help"
      ref={ref}
      aria-label="Keyboard shortcuts"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <h2 className="title" style={{ marginBottom: 8 }}>
        Keyboard
      </h2>
      <div className="help-keys small">
        {help.map(([keys, does]) => (
          <div key={does} style={{ display: 'contents' }}>
            <span className="nowrap">
              {keys.map((key) => (
                <kbd key={key} style={{ marginRight: 4 }}>
                  {key === '←' ? <Arrow left /> : key === '→' ? <Arrow /> : key}
                </kbd>
              ))}
            </span>
            <span className="muted">{does}</span>
          </div>
        ))}
      </div>
      <form method="dialog" style={{ marginTop: 12, textAlign: 'right' }}>
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </dialog>
  );
}
