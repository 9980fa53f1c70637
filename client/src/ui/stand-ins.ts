/**
 * Stand-ins for features that a browser may lack and that the page and its libraries use everywhere. Import this before
 * anything else. What is used in one place has its fallback there.
 */

/** How often sizes are compared. */
const COMPARE_MS = 100;

/** Compares sizes at intervals. Reports the first size too, as the real one does. */
export class StandInResizeObserver implements ResizeObserver {
  readonly #sizes = new Map<Element, string>();
  readonly #callback: ResizeObserverCallback;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }

  observe(element: Element): void {
    this.#sizes.set(element, '');
    this.#timer ??= setInterval(() => this.#compare(), COMPARE_MS);
    queueMicrotask(() => this.#compare());
  }

  unobserve(element: Element): void {
    this.#sizes.delete(element);
    if (this.#sizes.size === 0) this.disconnect();
  }

  disconnect(): void {
    this.#sizes.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #compare(): void {
    const entries: ResizeObserverEntry[] = [];
    for (const [element, before] of this.#sizes) {
      const { width, height } = element.getBoundingClientRect();
      const size = `${width}×${height}`;
      if (size === before) continue;
      this.#sizes.set(element, size);
      const boxes = [{ inlineSize: width, blockSize: height }];
      entries.push({
        target: element,
        contentRect: new DOMRect(0, 0, width, height),
        borderBoxSize: boxes,
        contentBoxSize: boxes,
        devicePixelContentBoxSize: boxes,
      });
    }
    if (entries.length > 0) this.#callback(entries, this);
  }
}

const lists = new Map<string, MediaQueryList>();

/** Answers for widths of the window. Preferences, such as a dark scheme, are taken as not set. */
export function standInMatchMedia(media: string): MediaQueryList {
  const known = lists.get(media) ?? mediaList(media);
  lists.set(media, known);
  return known;
}

function mediaList(media: string): MediaQueryList {
  const isMatch = (): boolean => {
    const widths = [...media.matchAll(/\((min|max)-width:\s*(\d+)px\)/g)];
    return (
      widths.length > 0 &&
      widths.every(([, end, pixels]) =>
        end === 'min' ? innerWidth >= Number(pixels) : innerWidth <= Number(pixels),
      )
    );
  };
  const list = new EventTarget();
  let matches = isMatch();
  addEventListener('resize', () => {
    if (matches === isMatch()) return;
    matches = !matches;
    list.dispatchEvent(new Event('change'));
  });
  return Object.defineProperties(list, {
    media: { value: media },
    matches: { get: isMatch },
    onchange: { value: null, writable: true },
    addListener: { value: (listener: () => void) => list.addEventListener('change', listener) },
    removeListener: { value: (listener: () => void) => list.removeEventListener('change', listener) },
  }) as MediaQueryList;
}

if (typeof ResizeObserver === 'undefined') globalThis.ResizeObserver = StandInResizeObserver;
if (typeof matchMedia === 'undefined') globalThis.matchMedia = standInMatchMedia;
