/** A place for a log whose disk fails when it is told to, and which remembers what is on it. */
import type { LogPlace } from '../kept-log.js';
import type { SpoolFile } from '../spool-file.js';

export interface FailingPlace extends LogPlace {
  /** The code with which everything fails from now on; undefined: nothing does. */
  failure: string | undefined;
  /** Bytes that still fit. */
  room: number;
  /** The call that fails; undefined: all of them. */
  failing: 'make' | 'append' | 'read' | undefined;
  /** What a reader finds, and where in the log it begins; undefined when there is no file. */
  found(): { readonly from: number; readonly bytes: Buffer } | undefined;
  /** As somebody who deletes the directory. */
  remove(): void;
}

export function failingPlace(): FailingPlace {
  let current: { from: number; bytes: Buffer } | undefined;
  const check = (call: 'make' | 'append' | 'read') => {
    const { failure, failing } = place;
    if (failure !== undefined && (failing === undefined || failing === call))
      throw Object.assign(new Error(`${failure}: refused, ${call}`), { code: failure });
  };
  const place: FailingPlace = {
    directory: '/spool',
    failure: undefined,
    failing: undefined,
    room: Number.POSITIVE_INFINITY,
    found: () => current,
    remove() {
      current = undefined;
    },
    restate(from) {
      check('make');
      if (current) current.from = from;
    },
    async make(from) {
      check('make');
      const file = { from, bytes: Buffer.alloc(0) };
      current = file;
      return open(file);
    },
  };
  function open(file: { from: number; bytes: Buffer }): SpoolFile {
    return {
      path: '/spool/file',
      length: () => file.bytes.length,
      append(bytes) {
        check('append');
        if (file.bytes.length + bytes.length > place.room)
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
        file.bytes = Buffer.concat([file.bytes, bytes]);
      },
      read(offset, length) {
        check('read');
        return file.bytes.subarray(offset, offset + length);
      },
      isInPlace: () => current === file,
      close: () => undefined,
    };
  }
  return place;
}
