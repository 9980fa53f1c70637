/** Which side a blinking pane shows. It blinks by itself, unless it is held or the user wants reduced motion. */
import { useEffect, useState } from 'react';
import { useStoreValue } from '../../ui/store.js';
import { useMedia } from '../../ui/use-size.js';
import { useCompare } from './compare-context.js';
import type { SideName } from './view.js';

/** Each side is shown for so long. */
const BLINK_MS = 700;

export function useBlink(): { readonly side: SideName; readonly show: (side: SideName) => void } {
  const app = useCompare();
  const isHeld = useStoreValue(app.isHeld);
  const isCalm = useMedia('(prefers-reduced-motion: reduce)');
  const [side, setSide] = useState<SideName>('a');
  useEffect(() => {
    if (isHeld || isCalm) return;
    const timer = setInterval(() => setSide((before) => (before === 'a' ? 'b' : 'a')), BLINK_MS);
    return () => clearInterval(timer);
  }, [isHeld, isCalm]);
  return { side, show: setSide };
}
