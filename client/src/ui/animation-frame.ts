/** Runs work at most once a frame, and work that must wait until the frame has been painted. */
import { useEffect, useMemo, useRef } from 'react';

/** True from the callbacks of a frame until the frame has been painted. */
let frameOpen = false;

/** The browser handles a message that was posted in a frame callback after it has painted that frame. */
function inNextTask(work: () => void): void {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    channel.port1.close();
    work();
  };
  channel.port2.postMessage(undefined);
}

export function oncePerFrame(work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      if (!frameOpen) {
        frameOpen = true;
        inNextTask(() => {
          frameOpen = false;
        });
      }
      work();
    });
  };
}

/** Runs `work` once everything drawn so far is on the screen. */
export function afterPaint(work: () => void): void {
  if (frameOpen) inNextTask(work);
  else requestAnimationFrame(() => inNextTask(work));
}

/**
 * Returns a function that runs the newest work it was given in the next frame. For drawings with text: setting a font lays
 * out the page, which a frame does anyway, but each of the renders before it would do once more.
 */
export function useNextFrame(): (work: () => void) => void {
  const newest = useRef<() => void>(undefined);
  const schedule = useMemo(() => oncePerFrame(() => newest.current?.()), []);
  useEffect(
    () => () => {
      newest.current = undefined;
    },
    [],
  );
  return useMemo(
    () => (work) => {
      newest.current = work;
      schedule();
    },
    [schedule],
  );
}
