/** The protocol's version and limits. */
import { TAG_BYTES } from '../event-log/limits.js';

export const PROTOCOL_VERSION = 1;

/** A message beyond these limits is refused with an error message. */
export const LIMITS = {
  /** Size of one ingest message. A larger frame is sent in several. */
  ingestBytes: 4 * 1024 * 1024,
  /** socket.io's maxHttpBufferSize: an ingest message plus its envelope. */
  socketBytes: 4 * 1024 * 1024 + 64 * 1024,
  /** What a connection may send before it has joined a namespace. */
  strangerBytes: 4 * 1024,
  /** Size of a viewer's message: it names what it watches. */
  viewerBytes: 512 * 1024,
  /** A run's id is a path below the logdir, and no system has longer ones. */
  runIdLength: 4096,
  /** The name that a sender asks for. */
  runNameLength: 512,
  /** Readers refuse longer tags, so every tag that is listed can be asked for. */
  tagLength: TAG_BYTES,
  /** What the summary of a run holds of the error that it ended with. */
  errorLength: 1000,
  fileNameLength: 255,
  watchedRuns: 64,
  watchedTags: 256,
  /** Runs × tags of a subscription: 500 runs with 20 tags each. */
  subscribedSeries: 10_000,
  /** What the summary of a run holds of its configuration. Longer values are left out, since half of one compares wrongly. */
  config: { keys: 64, nameLength: 128, textLength: 256, bytes: 4096 },
} as const;

/** What one request for several events (api/events) may ask for. */
export const EVENTS_LIMITS = {
  events: 1024,
  /** The events together. A larger event is asked for by itself, at api/event. */
  answerBytes: 64 * 1024 * 1024,
  /** The body of the POST: 1,024 places of up to 64 digits, and the run's id. */
  bodyBytes: 128 * 1024,
} as const;

/** Where a hub listens unless told otherwise; a first start takes the next free port. */
export const DEFAULT_PORT = 6180;
