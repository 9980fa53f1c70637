/**
 * Work that is done piece by piece, one in each frame, so that scrolling past many costly parts stays smooth. The first piece is
 * done at once.
 */
const urgent = new Set<() => void>();
const waiting = new Set<() => void>();
let isBusy = false;

function doNow(work: () => void): void {
  isBusy = true;
  requestAnimationFrame(next);
  work();
}

function next(): void {
  isBusy = false;
  const queue = urgent.size > 0 ? urgent : waiting;
  const [work] = queue;
  if (work === undefined) return;
  queue.delete(work);
  doNow(work);
}

/**
 * Does the work now, or in one of the next frames if other work has been done since the last one. Returns the function that
 * calls it off.
 * @param isFirst whether it goes before all work that is not
 */
export function inTurn(work: () => void, isFirst = false): () => void {
  if (!isBusy) {
    doNow(work);
    return () => undefined;
  }
  const queue = isFirst ? urgent : waiting;
  queue.add(work);
  return () => queue.delete(work);
}
