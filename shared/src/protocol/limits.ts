/** The protocol's version and limits. */
export const PROTOCOL_VERSION = 1;

/** A message beyond these limits is refused with an error message. */
export const LIMITS = {
  /** Size of one ingest message. A larger frame is sent in several. */
  ingestBytes: 4 * 1024 * 1024,
  /** socket.io's maxHttpBufferSize: an ingest message plus its envelope. */
  socketBytes: 4 * 1024 * 1024 + 64 * 1024,
  runIdLength: 512,
  tagLength: 1024,
  fileNameLength: 255,
  watchedRuns: 64,
  watchedTags: 256,
  /** What the summary of a run holds of its configuration. Longer values are left out, since half of one compares wrongly. */
  config: { keys: 64, nameLength: 128, textLength: 256, bytes: 4096 },
} as const;

/** Where a hub listens unless told otherwise; a first start takes the next free port. */
export const DEFAULT_PORT = 6180;
