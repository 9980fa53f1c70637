/** Playing a run: one capture after the other, each for as long as the speed says. */
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
   * The index of the capture to go to now, of `count`; undefined while the one at `index` has not been shown for its
   * time. At the end it pauses, or begins again when it loops.
   */
  next(index: number, count: number): number | undefined;
}

/** How long one capture is shown at speed 1. */
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
