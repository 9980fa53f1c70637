/** One tooltip for all grids: moved by hand, so that hovering renders nothing else. */
import { createStore, useStoreValue } from './store.js';

interface Tip {
  readonly value: string;
  readonly place: string;
  readonly x: number;
  readonly y: number;
}

const tip = createStore<Tip | undefined>(undefined);

export function showTip(next: Tip | undefined): void {
  tip.set(next);
}

export function Tooltip() {
  const shown = useStoreValue(tip);
  if (shown === undefined) return null;
  const x = Math.min(window.innerWidth - 210, shown.x + 14);
  const y = Math.min(window.innerHeight - 40, shown.y + 16);
  return (
    <div className="tooltip" style={{ transform: `translate(${x}px, ${y}px)` }}>
      <b className="strong">{shown.value}</b> <span className="faint">{shown.place}</span>
    </div>
  );
}
