import type { KeyHelp } from '../pages/page.js';
import { Dialog } from '../ui/dialog.js';
import { Arrow } from '../ui/icons.js';
import './help-dialog.css';

export interface HelpDialogProps {
  readonly keys: readonly KeyHelp[];
  readonly open: boolean;
  readonly onClose: () => void;
}

export function HelpDialog({ keys: help, open, onClose }: HelpDialogProps) {
  return (
    <Dialog open={open} title="Keyboard shortcuts" onClose={onClose}>
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
    </Dialog>
  );
}
