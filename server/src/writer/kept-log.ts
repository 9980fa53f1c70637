/**
 * A run's log on its way to the hub, as one stream of bytes. It is kept in a file, which survives this process. What the
 * disk refuses is kept in memory and sent from there, so the disk is a safety net and not the only road. Memory is
 * bounded: what the hub has acknowledged leaves it first, and what does not fit then is dropped, maps first.
 */
import { eventOf, FRAME_OVERHEAD_BYTES } from '@convscope/shared/event-log/frame.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { SpoolFile } from './spool-file.js';

/** Most bytes in memory. Maps may take half of it. */
const MEMORY_BYTES = 64 * 1024 * 1024;
/** What an entry takes beside its bytes, roughly. */
const ENTRY_BYTES = 256;
const COPY_BYTES = 1024 * 1024;

/** Where the file is made. */
export interface LogPlace {
  readonly directory: string;
  /** Makes an empty file for the log from offset `from` on, in the place of one that is there. */
  make(from: number): Promise<SpoolFile>;
  /** Notes that the file begins at another offset of the log. */
  restate(from: number): void;
}

export interface KeptLog {
  /** Length of the log, and offset of the first byte that is still kept. */
  end(): number;
  start(): number;
  /** Appends whole frames. False when they were dropped, since neither disk nor memory has room. */
  append(frames: Uint8Array, droppable: boolean): boolean;
  /** The hub has the log up to here. */
  acknowledge(length: number): void;
  /**
   * The hub has lost acknowledged bytes that are no longer kept: what follows is moved to where the hub's file ends, and
   * the bytes between are gone.
   */
  rewind(length: number): void;
  /** Bytes that were lost by rewinding. */
  gone(): number;
  /** @throws Error when the disk does not give them back */
  read(offset: number, length: number): Uint8Array;
  /** Looks after the file: makes it when it is missing, and writes what waits in memory. */
  tend(): Promise<void>;
  /** A sentence while the disk refuses the log. */
  problem(): string | undefined;
  /** Whether everything that the hub has not acknowledged is in a file that another process finds. */
  isSafe(): boolean;
  /** Whether a file that another process finds holds bytes that the hub has not acknowledged. */
  waitsInFile(): boolean;
  /** Calls back with the events that neither the hub nor a file has. */
  eachUnsafe(visit: (event: Uint8Array) => void): void;
  close(): void;
}

interface Entry {
  at: number;
  readonly bytes: Uint8Array;
}

export function createKeptLog(place: LogPlace, memoryBytes = MEMORY_BYTES): KeptLog {
  let file: SpoolFile | undefined;
  /** Offset in the log of the file's first byte. */
  let fileFrom = 0;
  let inPlace = false;
  /** The note of where the file begins could not be written. */
  let misstated = false;
  let end = 0;
  let acknowledged = 0;
  let gone = 0;
  let problem: string | undefined;
  let making: Promise<void> | undefined;
  /** entries[first…] are the log's last bytes, without a hole between them. */
  let entries: Entry[] = [];
  let first = 0;
  let held = 0;

  const memoryStart = () => entries[first]?.at ?? end;
  const fileEnd = () => fileFrom + (file?.length() ?? 0);
  /** Whether bytes between file and memory are gone. The hub has those. */
  const hasHole = () => file === undefined || memoryStart() !== fileEnd();

  /** Whether another process finds the file and knows where in the log it begins. */
  const isFound = () => file !== undefined && inPlace && !misstated;

  function forget(): void {
    const entry = entries[first++]!;
    held -= entry.bytes.length + ENTRY_BYTES;
    // Removing entries one by one from the front of a long list would take quadratic time.
    if (first > 1024 && first > entries.length / 2) {
      entries = entries.slice(first);
      first = 0;
    }
  }

  function makeRoom(bytes: number): boolean {
    while (held > bytes && isAcknowledged(entries[first])) forget();
    return held <= bytes;
  }

  function isAcknowledged(entry: Entry | undefined): boolean {
    return entry !== undefined && entry.at + entry.bytes.length <= acknowledged;
  }

  function write(bytes: Uint8Array): boolean {
    if (!file) return false;
    try {
      file.append(bytes);
      if (inPlace) problem = undefined;
      return true;
    } catch (error) {
      problem = `The log file ${file.path} cannot be written (${messageOf(error)}).`;
      return false;
    }
  }

  /** Whether memory is empty after that and the file may be appended to. */
  function flush(): boolean {
    if (hasHole()) return false;
    while (first < entries.length) {
      if (!write(entries[first]!.bytes)) return false;
      forget();
    }
    return true;
  }

  async function make(): Promise<void> {
    // The bytes of a file that was deleted can still be read through its descriptor.
    const deleted = file !== undefined && !hasHole() ? file : undefined;
    // What comes before a hole is of no use any more, and what the hub has behind it is not needed.
    if (!deleted && memoryStart() > 0) while (isAcknowledged(entries[first])) forget();
    const from = deleted ? Math.min(Math.max(acknowledged, fileFrom), fileEnd()) : memoryStart();
    let made: SpoolFile | undefined;
    try {
      made = await place.make(from);
      for (let at = from; deleted && at < fileEnd(); at += COPY_BYTES)
        made.append(deleted.read(at - fileFrom, Math.min(COPY_BYTES, fileEnd() - at)));
    } catch (error) {
      problem = `The log file of the run cannot be made in ${place.directory} (${messageOf(error)}).`;
      made?.close();
      return;
    }
    file?.close();
    file = made;
    fileFrom = from;
    inPlace = true;
    misstated = false;
    problem = undefined;
    flush();
  }

  function restate(): void {
    try {
      place.restate(fileFrom);
      misstated = false;
    } catch (error) {
      problem = `The note of the log in ${place.directory} cannot be written (${messageOf(error)}).`;
    }
  }

  return {
    end: () => end,
    start: () => (hasHole() ? memoryStart() : fileFrom),
    append(frames, droppable) {
      if (flush() && write(frames)) {
        end += frames.length;
        return true;
      }
      const cost = frames.length + ENTRY_BYTES;
      if (!makeRoom((droppable ? memoryBytes / 2 : memoryBytes) - cost)) return false;
      entries.push({ at: end, bytes: frames });
      held += cost;
      end += frames.length;
      return true;
    },
    acknowledge(length) {
      acknowledged = length;
    },
    rewind(length) {
      const kept = hasHole() ? memoryStart() : fileFrom;
      if (length >= kept) return;
      acknowledged = length;
      const cut = kept - length;
      if (!hasHole()) {
        fileFrom -= cut;
        misstated = true;
      }
      for (const entry of entries.slice(first)) entry.at -= cut;
      end -= cut;
      gone += cut;
      if (misstated) restate();
    },
    gone: () => gone,
    read(offset, length) {
      if (file && offset >= fileFrom && offset < fileEnd()) return file.read(offset - fileFrom, length);
      if (offset < memoryStart()) throw new Error(`Byte ${offset} of the log is no longer kept.`);
      const parts: Uint8Array[] = [];
      let at = offset;
      for (let i = indexOf(entries, first, offset); i < entries.length && at < offset + length; i++) {
        const entry = entries[i]!;
        const part = entry.bytes.subarray(at - entry.at, offset + length - entry.at);
        parts.push(part);
        at += part.length;
      }
      return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    },
    async tend() {
      inPlace = file?.isInPlace() ?? false;
      if (file && misstated) restate();
      if (file && inPlace && !hasHole()) {
        flush();
        return;
      }
      if (file && !inPlace) problem = `The log file ${file.path} was removed.`;
      making ??= make().finally(() => {
        making = undefined;
      });
      await making;
    },
    problem: () => problem,
    isSafe() {
      if (end <= acknowledged) return true;
      const memoryIsSafe = entries.slice(first).every(isAcknowledged);
      return memoryIsSafe && (fileEnd() <= acknowledged || isFound());
    },
    waitsInFile: () => isFound() && fileEnd() > acknowledged,
    eachUnsafe(visit) {
      if (file && !isFound()) {
        const reader = createFrameReader({
          from: { offset: fileFrom },
          onEvent(data, offset, length) {
            if (offset + length + FRAME_OVERHEAD_BYTES > acknowledged) visit(data);
          },
          // What a stranger has damaged cannot be counted.
          onGap: () => undefined,
        });
        for (let at = 0; at < file.length(); at += COPY_BYTES) reader.push(file.read(at, COPY_BYTES));
      }
      for (const { at, bytes } of entries.slice(first)) {
        for (let i = 0; i < bytes.length; ) {
          const event = eventOf(bytes.subarray(i));
          i += event.length + FRAME_OVERHEAD_BYTES;
          if (at + i > acknowledged) visit(event);
        }
      }
    },
    close() {
      file?.close();
    },
  };
}

/** Index of the entry that holds the offset. Entries follow one another without a hole. */
function indexOf(entries: readonly Entry[], first: number, offset: number): number {
  let [low, high] = [first, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle]!;
    if (entry.at + entry.bytes.length <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
