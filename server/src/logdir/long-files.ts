import {
  createEventReader,
  type EventReader,
  HELD_BYTES,
  type ReadingState,
} from '@convscope/shared/event-log/event-reader.js';
import type { WantedBytes } from '@convscope/shared/event-log/frame-reader.js';
import type { IndexedGap, RunIndex } from '@convscope/shared/log-index/run-index.js';
import type { LogStorage, StoredFile } from '../storage/storage.js';
import { applySegment } from './apply-segment.js';
import type { BulkPool } from './bulk/bulk-pool.js';
import type { IndexFolder } from './bulk/index-folder.js';
import { type SegmentHead, segmentHead } from './bulk/segment.js';
import { CatchUp, LARGE_BYTES } from './catch-up.js';
import { FollowedFile, OVERLAP_BYTES } from './followed-file.js';
import { KeptIndex } from './kept-index.js';
import type { LogdirRoom } from './logdir-room.js';
import type { LongFileLimits } from './long-file-limits.js';

export interface LongFilesOptions {
  readonly storage: LogStorage;
  readonly room: LogdirRoom;
  readonly bulk: BulkPool;
  readonly limits: LongFileLimits;
  /** Keeps indexes of files; null if none are kept. */
  readonly indexes: IndexFolder | null;
  /** Takes sentences for the terminal. */
  readonly say: (sentence: string) => void;
  /** Runs operations one after the other, when nothing else is to be read. Their errors are said. */
  readonly inBackground: (operation: () => Promise<void>) => void;
}

/** The run whose files are read. */
export interface RunOfLongFiles {
  readonly index: RunIndex;
  readonly isWanted: boolean;
  /** A function that says whether what is read now will be of use: the run is followed, and its files are not replaced. */
  currentness(): () => boolean;
  openReader(file: FollowedFile, from: ReadingState): EventReader;
  /** The file is read by others until it comes back, or fails. */
  sendAway(file: FollowedFile): void;
  comeBack(file: FollowedFile): void;
  /** @param error null if there is nothing to say of it */
  fail(file: FollowedFile, error: unknown): void;
  announceGaps(file: FollowedFile, step: number): void;
  gap(gap: IndexedGap): void;
  /** Tells of rows that were added. */
  tellGrown(isChanged: boolean): void;
  /** The files have to be read anew. */
  replaced(isCurrent: () => boolean): void;
}

/** Reads the long files of a run: from their index on disk, as far as there is one, and in threads. */
export class LongFiles {
  readonly #run: RunOfLongFiles;
  readonly #options: LongFilesOptions;
  /** Whether indexes on disk are used. They are only written once files turned out to be other than what was read. */
  #mayRestore = true;
  /** Files whose index is about to be added to. */
  readonly #keeping = new Set<FollowedFile>();

  constructor(run: RunOfLongFiles, options: LongFilesOptions) {
    this.#run = run;
    this.#options = options;
  }

  /** Whether threads read on. Lines that are added to a file are read by the hub, so that they wait for no other file. */
  takes(file: FollowedFile, wanted: WantedBytes): boolean {
    const { bulk, limits } = this.#options;
    if (file.isReadHere || !bulk.isOpen) return false;
    if (wanted.length > LARGE_BYTES) return true;
    const few = file.isReadToEnd ? limits.followed : limits.unread;
    // A long record that is not complete is waited for, and not read again and again.
    return file.offset !== file.bulkEnd && file.size - file.offset > few;
  }

  /** Lets threads read from this state on, up to the present end. */
  async catchUp(file: FollowedFile, now: StoredFile, from: ReadingState): Promise<void> {
    const { bulk, say } = this.#options;
    const run = this.#run;
    let state = from;
    const goOn = () => {
      file.reader = run.openReader(file, state);
      file.followReader();
      file.bulkEnd = file.offset;
      run.comeBack(file);
    };
    run.sendAway(file);
    const kept = file.kept?.covered === from.place.offset && !file.kept.isBusy ? file.kept : null;
    await kept?.begin();
    const apply = this.#applier(file, from);
    const isCurrent = run.currentness();
    const task = new CatchUp(file, now.identity, from, {
      ...this.#optionsOf(now, kept, isCurrent),
      isWanted: () => run.isWanted,
      apply: async (segment) => {
        const applied = apply(segment);
        state = applied.state;
        run.tellGrown(false);
        await kept?.add(segment, state, applied.head);
        return state;
      },
      ended: goOn,
      refused: (reason) => {
        say(`${file.path} is read without threads from byte ${state.place.offset} on (${reason}).`);
        file.isReadHere = true;
        goOn();
      },
      absent: () => {
        file.identity = null;
        file.reader = run.openReader(file, state);
        run.fail(file, null);
      },
      failed: (error) => {
        file.reader = run.openReader(file, state);
        run.fail(file, error);
      },
    });
    bulk.add(task);
  }

  /** The next reading of the run's files is that of the files themselves. */
  distrustIndexes(): void {
    this.#mayRestore = false;
  }

  /** Takes what the index on disk says of a file that has not been read. Returns false if it turned out not to fit. */
  async restore(file: FollowedFile, now: StoredFile): Promise<boolean> {
    const { storage, indexes, limits } = this.#options;
    if (indexes === null || now.size < limits.indexed) return true;
    const kept = this.#keptOf(file, indexes, now);
    if (!this.#mayRestore) return true;
    const isCurrent = this.#run.currentness();
    const restored = await kept.restore(now, file.path, storage, this.#applier(file, kept.state));
    if (restored === 'stale') {
      this.#sayDistrust(file);
      return false;
    }
    if (restored === 'none' || !isCurrent()) return true;
    file.reader = this.#run.openReader(file, kept.state);
    const { offset } = file.reader;
    // By the bytes before, a file is known that was rewritten.
    const from = Math.max(0, offset - OVERLAP_BYTES);
    file.startAt(offset, await storage.read(file.path, now.identity, from, offset - from));
    this.#run.tellGrown(true);
    if (!kept.isVerified) this.#verifyLater(file, now.identity, kept, isCurrent);
    return true;
  }

  #verifyLater(file: FollowedFile, identity: string, kept: KeptIndex, isCurrent: () => boolean): void {
    const { storage, bulk, inBackground } = this.#options;
    const goesOn = () => isCurrent() && bulk.isOpen;
    inBackground(async () => {
      if (!goesOn() || (await kept.fits(storage, file.path, identity, goesOn)) || !goesOn()) return;
      this.#sayDistrust(file);
      this.#run.replaced(isCurrent);
    });
  }

  #sayDistrust(file: FollowedFile): void {
    this.#options.say(`${file.path} is read again, since it is not what its index in the cache says.`);
  }

  /** Adds to the index on disk what was followed since, when it is much. */
  keepUp(file: FollowedFile): void {
    const { indexes, inBackground, limits } = this.#options;
    const covered = file.kept?.covered ?? 0;
    const least = covered === 0 ? limits.indexed : limits.addedToIndex;
    if (indexes === null || file.size - covered < least) return;
    if (file.kept?.isBusy || this.#keeping.has(file)) return;
    this.#keeping.add(file);
    const isCurrent = this.#run.currentness();
    inBackground(async () => {
      try {
        if (isCurrent()) await this.#keepUp(file, indexes, isCurrent);
      } finally {
        this.#keeping.delete(file);
      }
    });
  }

  async #keepUp(file: FollowedFile, indexes: IndexFolder, isCurrent: () => boolean): Promise<void> {
    const { storage, bulk } = this.#options;
    const { identity, size } = file;
    const now = await storage.stat(file.path);
    if (now === null || now.identity !== identity || !isCurrent() || !bulk.isOpen) return;
    const kept = file.kept ?? this.#keptOf(file, indexes, now);
    if (kept.isBusy) return;
    await kept.begin();
    const { state } = kept;
    const plugins = new Map(state.plugins);
    const again = this.#copyOf(file, kept);
    const task = new CatchUp(again, identity, state, {
      ...this.#optionsOf({ ...now, size }, kept, isCurrent),
      isWanted: () => false,
      apply: async (segment) => {
        const head = segmentHead(segment);
        again.lastStep = head.lastStep;
        for (const [tag, plugin] of head.plugins) plugins.set(tag, plugin);
        await kept.add(segment, { place: head.place, plugins }, head);
        return kept.state;
      },
      // What was added stays valid; the rest is tried when the file has grown again.
      ended: () => undefined,
      refused: () => undefined,
      absent: () => undefined,
      failed: () => undefined,
    });
    bulk.add(task);
  }

  /** The file as it is read again for its index alone, from where that ends. */
  #copyOf(file: FollowedFile, { state, lastStep }: KeptIndex): FollowedFile {
    const copy = new FollowedFile(file.name, file.path, file.number, () =>
      createEventReader({
        onEvent: () => undefined,
        onGap: () => undefined,
        holdBytes: HELD_BYTES,
        from: state,
      }),
    );
    copy.followReader();
    copy.lastStep = lastStep;
    return copy;
  }

  #keptOf(file: FollowedFile, indexes: IndexFolder, { identity, born }: StoredFile): KeptIndex {
    const { storage, limits } = this.#options;
    const log = { path: storage.locate(file.path), identity, born };
    const kept = new KeptIndex(indexes, log, limits.block);
    file.kept = kept;
    return kept;
  }

  #optionsOf(now: StoredFile, kept: KeptIndex | null, isCurrent: () => boolean) {
    const { storage, room, limits } = this.#options;
    return {
      ...{ storage, room, isCurrent, size: now.size, pieceBytes: limits.piece },
      replaced: () => this.#run.replaced(isCurrent),
      stopped: async () => kept?.finish(now),
    };
  }

  /** A function that adds segments of a file to the index, one after the other. */
  #applier(file: FollowedFile, from: ReadingState) {
    const run = this.#run;
    const { index } = run;
    const plugins = new Map(from.plugins);
    return (segment: Uint8Array): { head: SegmentHead; state: ReadingState } => {
      const head = applySegment(segment, file, {
        index,
        gap: (gap) => run.gap(gap),
        announceGaps: (step) => run.announceGaps(file, step),
      });
      for (const [tag, plugin] of head.plugins) plugins.set(tag, plugin);
      return { head, state: { place: head.place, plugins } };
    };
  }
}
