/** Work that is done piece by piece, one in each frame, so that scrolling past many costly parts stays smooth. */
const waiting = new Set<() => void>();
let isAsked = false;

function next(): void {
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    const [work] = waiting;
    if (work === undefined) return;
    waiting.delete(work);
    if (waiting.size > 0) next();
    work();
  });
}

/** Does the work in one of the next frames. Returns the function that calls it off. */
export function inTurn(work: () => void): () => void {
  waiting.add(work);
  if (!isAsked) next();
  return () => waiting.delete(work);
}
