/** The version of the protocol, and its bounds. */
export const PROTOCOL_VERSION = 1;

/** Bounds, chosen on purpose; beyond them a message is refused with a sentence. */
export const LIMITS = {
  /** One ingest message. A frame that is larger is sent in stretches. */
  ingestBytes: 4 * 1024 * 1024,
  /** socket.io's maxHttpBufferSize: an ingest message and its envelope. */
  socketBytes: 4 * 1024 * 1024 + 64 * 1024,
  runIdLength: 512,
  tagLength: 1024,
  fileNameLength: 255,
  watchedRuns: 64,
  watchedTags: 256,
  lookedAtTags: 16,
} as const;
