const MB = 1024 * 1024;

/** From which lengths on files are read in threads and indexed on disk, in bytes. */
export interface LongFileLimits {
  /** A file with more unread bytes is read in a thread when it is read for the first time: there is time to start one. */
  readonly unread: number;
  /** The same for a file that was read to its end before: the hub is faster with what it follows. */
  readonly followed: number;
  /**
   * What a thread gets at a time: some milliseconds of its work. With 4 MB a first start on 10 million scalars takes 25 %
   * longer, and 60 MB more.
   */
  readonly piece: number;
  /** A file of less has no index, since it is read as fast. */
  readonly indexed: number;
  /** What is followed is added to an index by so much at a time. */
  readonly addedToIndex: number;
  /** An index on disk is written in blocks of so much: what a hub that is killed has to read again. */
  readonly block: number;
}

export const LONG_FILE_LIMITS: LongFileLimits = {
  unread: MB / 2,
  followed: 64 * MB,
  piece: 2 * MB,
  indexed: MB,
  addedToIndex: 8 * MB,
  block: 8 * MB,
};
