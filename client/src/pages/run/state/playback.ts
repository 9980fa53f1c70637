/** Plays a run: shows one capture after another, at a chosen speed. */
import { createStore, type Store } from '../../../ui/store.js';

export interface PlaybackState {
  readonly playing: boolean;
  readonly speed: number;
  readonly loop: boolean;
}

export interface Playback extends Store<PlaybackState> {
  start(): void;
  pause(): void;
  /**
   * The index to advance to from `index`, among `count` captures; undefined while it is too early. At the end it starts
   * again if it loops, and pauses otherwise.
   */
  next(index: number, count: number): number | undefined;
}

/** How long a capture is shown at speed 1. */
const CAPTURE_MS = 90;

export function createPlayback(): Playback {
  const store = createStore<PlaybackState>({ playing: false, speed: 1, loop: false });
  let lastAdvance = 0;
  const pause = (): void => {
    if (store.get().playing) store.set({ ...store.get(), playing: false });
  };
  return {
    ...store,
    pause,
    start() {
      lastAdvance = performance.now();
      store.set({ ...store.get(), playing: true });
    },
    next(index, count) {
      const { speed, loop } = store.get();
      const now = performance.now();
      if (now - lastAdvance < CAPTURE_MS / speed) return undefined;
      lastAdvance = now;
      if (index + 1 < count) return index + 1;
      if (loop) return 0;
      pause();
      return undefined;
    },
  };
}
