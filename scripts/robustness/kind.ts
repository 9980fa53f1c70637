import type { Scene } from './scene.js';

/** Something that files, folders or strangers do to a hub. */
export interface Kind {
  readonly name: string;
  /** Needs a hub that listens beyond loopback. */
  readonly guarded?: true;
  /** Sizes of `npm test` and of --full; what they count is the kind's own. */
  readonly small: number;
  readonly full: number;
  /** Does it, and resolves when it is done. */
  readonly act: (scene: Scene, size: number) => Promise<void>;
  /** Stops what `act` has left going. */
  readonly end?: (scene: Scene) => Promise<void>;
  /** What is not as it should be afterwards, as sentences. Asked again until there is nothing or time is up. */
  readonly problems?: (scene: Scene, size: number) => Promise<readonly string[]>;
}
