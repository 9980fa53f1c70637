/** Work that is done once a frame, however often it is asked for, and work that waits for the frame to be painted. */

/** True from a frame's callbacks until it has been painted. */
let frameOpen = false;

/** A message that is posted in a frame's callbacks is handled after that frame has been painted. */
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

/** Runs `work` once what has been drawn until now is on the screen. */
export function afterPaint(work: () => void): void {
  if (frameOpen) inNextTask(work);
  else requestAnimationFrame(() => inNextTask(work));
}
