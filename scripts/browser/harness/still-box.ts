import type { Locator } from 'playwright-core';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Where an element is, in pixels of the window, once that has been the same for two frames: on a busy machine what is above it may
 * still come, and a pointer that is pressed at its old place misses it.
 */
export async function stillBox(element: Locator): Promise<Box> {
  let before = '';
  for (;;) {
    // Waits until the element is there.
    const box = await element.evaluate(
      (node) =>
        new Promise<Box>((resolve) => {
          requestAnimationFrame(() =>
            requestAnimationFrame(() => {
              const { x, y, width, height } = node.getBoundingClientRect();
              resolve({ x, y, width, height });
            }),
          );
        }),
    );
    const now = JSON.stringify(box);
    if (now === before) return box;
    before = now;
  }
}
