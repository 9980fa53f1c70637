import { useEffect, useRef } from 'react';
import { Arrow } from '../ui/icons.js';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Space'], 'play or pause'],
  [['←', '→'], 'previous, next capture'],
  [['Shift', '←', '→'], '10 captures'],
  [['L'], 'live, newest capture'],
  [['+', '-', '0'], 'in the timeline: fewer, more, all steps (or the wheel)'],
  [['[', ']'], 'previous, next layer'],
  [['J', 'K'], 'next, previous channel'],
  [['Tab', 'arrows'], 'into a grid; move the pixel'],
  [['Enter'], 'pin the pixel under the pointer'],
  [['S'], 'scale lock'],
  [['V'], 'conv or ReLU'],
  [['F'], 'next health flag'],
  [['1', '8'], 'probe picture, 1 to 8'],
  [['Y'], 'copy link'],
  [['B', 'I'], 'runs, inspector'],
  [['/'], 'filter runs'],
  [['G', 'R'], 'run page'],
  [['G', 'L'], 'lab'],
  [['T'], 'theme'],
  [['?'], 'this help'],
];

export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
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
        {KEYS.map(([keys, does]) => (
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
