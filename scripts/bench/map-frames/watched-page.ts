/** Measures in a page: when which capture was drawn, and what the main thread has spent. */
import type { CDPSession, Page } from 'playwright-core';

/** The tag of the maps that are watched. */
export const MAPS_TAG = 'conv1/preactivation';
const SHOWN_WITHIN_MS = 180_000;

/** A capture that is on the screen; milliseconds on the page's clock. */
export interface DrawnFrame {
  readonly step: number;
  readonly at: number;
}

/** A step that was asked for by a key or the pointer, and when. */
export interface AskedStep {
  readonly step: number;
  readonly at: number;
}

export class WatchedPage {
  readonly page: Page;
  readonly #session: CDPSession;

  private constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.#session = session;
  }

  static async of(page: Page): Promise<WatchedPage> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new WatchedPage(page, session);
  }

  /** CPU milliseconds that the main thread has spent on tasks while `work` was done: scripts, layout and painting. */
  async cpu(work: () => Promise<unknown>): Promise<number> {
    const before = await this.#metric('TaskDuration');
    await work();
    return ((await this.#metric('TaskDuration')) - before) * 1000;
  }

  /** Moves the pointer while its button is down. Playwright's own way takes 3 ms of CPU time a move, which the page needs. */
  movePointer(x: number, y: number): Promise<unknown> {
    return this.#session.send('Input.dispatchMouseEvent', {
      ...{ type: 'mouseMoved', button: 'left', buttons: 1 },
      ...{ x, y },
    });
  }

  async #metric(name: string): Promise<number> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  }

  /** Collects the drawn captures of a tag from now on. */
  async watchFrames(tag: string): Promise<() => Promise<DrawnFrame[]>> {
    await this.page.evaluate((watched) => {
      const seen: { step: number; at: number }[] = [];
      let count = window.__convscope?.drawn[watched]?.count ?? 0;
      const timer = setInterval(() => {
        const drawn = window.__convscope?.drawn[watched];
        if (drawn === undefined || drawn.count === count) return;
        count = drawn.count;
        seen.push({ step: drawn.step, at: drawn.at - performance.timeOrigin });
      }, 4);
      Object.assign(window, { watchedFrames: seen, watchedTimer: timer });
    }, tag);
    return () =>
      this.page.evaluate(() => {
        const { watchedFrames, watchedTimer } = window as unknown as {
          watchedFrames: { step: number; at: number }[];
          watchedTimer: number;
        };
        clearInterval(watchedTimer);
        return watchedFrames;
      });
  }
}

/** How many milliseconds after it was asked for each step was drawn, of those that were drawn. */
export function latencies(asked: readonly AskedStep[], drawn: readonly DrawnFrame[]): number[] {
  return asked.flatMap(({ step, at }) => {
    const frame = drawn.find((one) => one.step === step && one.at >= at);
    return frame === undefined ? [] : [frame.at - at];
  });
}

/**
 * How many milliseconds after each move something was drawn that is at least as far along as the pointer was then: of a
 * step that was passed over, the next one that was drawn. `asked` is in the direction of the movement.
 */
export function lags(asked: readonly AskedStep[], drawn: readonly DrawnFrame[]): number[] {
  return asked.flatMap(({ at }, index) => {
    const later = new Set(asked.slice(index).map(({ step }) => step));
    const frame = drawn.find((one) => later.has(one.step) && one.at >= at);
    return frame === undefined ? [] : [frame.at - at];
  });
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/**
 * Waits until the maps of the step are drawn and their limits are known. That the hub has judged all channels is not waited
 * for: with thousands of channels it takes longer than any measurement.
 */
export async function untilShown(page: Page): Promise<void> {
  const isShown = (tag: string) => window.__convscope?.settled === true && tag in window.__convscope.drawn;
  await page.waitForFunction(isShown, MAPS_TAG, { timeout: SHOWN_WITHIN_MS });
}

/** Waits until the page of comparisons has all that it shows. */
export async function untilCompared(page: Page): Promise<void> {
  const isShown = (tag: string) =>
    document.querySelector('main.compare[data-settled=true]') !== null &&
    tag in (window.__convscope?.drawn ?? {});
  await page.waitForFunction(isShown, MAPS_TAG, { timeout: SHOWN_WITHIN_MS });
}

/** Sets the address and waits until maps are drawn anew. */
export async function redraw(page: Page, hash: string): Promise<number> {
  return page.evaluate(
    ([next, tag]) =>
      new Promise<number>((resolve) => {
        const count = window.__convscope?.drawn[tag]?.count;
        const begun = performance.now();
        location.hash = next;
        const look = () => {
          const drawn = window.__convscope?.drawn[tag];
          if (drawn !== undefined && drawn.count !== count)
            resolve(drawn.at - performance.timeOrigin - begun);
          else setTimeout(look, 1);
        };
        look();
      }),
    [hash, MAPS_TAG] as const,
  );
}
