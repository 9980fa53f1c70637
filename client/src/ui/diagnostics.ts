/**
 * What the page has drawn and when, for tests and for the latency bench. Read-only, in `window.__convscope`:
 *
 *   drawn[tag] = { step, at, count }   the newest capture of a tag that is on the screen; `at` is milliseconds since
 *                                      the epoch, taken after the browser has painted the frame; `count` frames so far
 *   settled                            true when nothing of the shown frame is still being loaded
 *   complete                           true when everything that the page shows has come, thumbnails and the findings of
 *                                      all captures included; also on a page that has nothing to load
 */
import { afterPaint } from './animation-frame.js';

export interface Drawn {
  readonly step: number;
  readonly at: number;
  readonly count: number;
}

const drawn: Record<string, Drawn> = {};
let pending = new Map<string, number>();
let settled = false;
let complete = false;
/** Parts of the page that wait for something. */
let waiting = 0;

declare global {
  interface Window {
    readonly __convscope?: {
      readonly drawn: Readonly<Record<string, Drawn>>;
      readonly settled: boolean;
      readonly complete: boolean;
    };
  }
}

export function exposeDiagnostics(): void {
  const probe = {
    get drawn() {
      return { ...drawn };
    },
    get settled() {
      return settled;
    },
    get complete() {
      return complete && waiting === 0;
    },
  };
  Object.defineProperty(window, '__convscope', { value: probe, configurable: true });
}

export function setSettled(value: boolean): void {
  settled = value;
}

export function setComplete(value: boolean): void {
  complete = value;
}

/** The page is not complete until the returned function is called. */
export function noteWaiting(): () => void {
  let isWaiting = true;
  waiting++;
  return () => {
    if (isWaiting) waiting--;
    isWaiting = false;
  };
}

/** Call after drawing this capture of the tag onto a canvas. */
export function noteDrawn(tag: string, step: number): void {
  if (pending.size === 0) {
    afterPaint(() => {
      const at = performance.timeOrigin + performance.now();
      for (const [one, shown] of pending)
        drawn[one] = { step: shown, at, count: (drawn[one]?.count ?? 0) + 1 };
      pending = new Map();
    });
  }
  pending.set(tag, step);
}
