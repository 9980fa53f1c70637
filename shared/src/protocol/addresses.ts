/** Where the hub answers. Without schemas, so that the page loads none. */

/** The socket.io namespace of viewers. */
export const LIVE_NAMESPACE = '/live';

/**
 * The HTTP API. GET, all under the base path:
 *   api/runs                                     → the list of runs, as the live feed sends it at first (RunsMessage)
 *   api/run?run=                                 → RunDetail
 *   api/index?run=&tag=&kind=&generation=&from=  → BLOB_ROW_BYTES rows from row `from` on (octet-stream)
 *   api/event?run=&generation=&file=&offset=&length= → the event's data (octet-stream); offset and length must be those of a row in the index
 *   api/session                                  → { version, api: API_VERSION, logdir, notices: string[], readOnly: boolean, readOnlyReason?: string }
 * POST api/events { run, generation, events: [[file, offset, length], …] } → several events of a run in one answer
 *   (octet-stream), as `protocol/events` describes
 * POST api/indexes { run, generation, indexes: [[tag, kind, from], …] } → rows of several indexes in one answer
 *   (octet-stream), as `protocol/indexes` describes
 * POST api/histories { run, generation, histories: [{ tag, kind, from, findDuplicates }, …] } → what the captures of several tags
 *   from row `from` on say about the channels (octet-stream), as `protocol/history` describes: as many as the hub can read in
 *   a short time, at least one
 * POST api/session { token } sets the cookie that clients beyond loopback need.
 * A wrong generation is answered with 409; errors are answered with { error: message }.
 */
export const HTTP = {
  runs: 'api/runs',
  run: 'api/run',
  index: 'api/index',
  indexes: 'api/indexes',
  event: 'api/event',
  events: 'api/events',
  histories: 'api/histories',
  session: 'api/session',
} as const;

/** The version of the addresses below, which api/session names. */
export const API_VERSION = 1;

/**
 * What docs/api.md describes, for pages and programs alike. GET or, where a request names many runs, POST with a JSON body:
 *   api/v1/series   → the points or pixel columns of many scalars (protocol/series-codec; ?format=json or csv for people)
 *   api/v1/values   → the values of many scalars at one place (ValuesAnswer)
 *   api/v1/summaries → the newest, lowest and highest value of many scalars (SummariesAnswer)
 * GET:
 *   api/v1/listing  → kinds, tags and counts of all runs (protocol/listing)
 *   api/v1/hparams  → hyperparameters and configurations of all runs (HparamsAnswer)
 *   api/v1/blob     → a record that is not a scalar, or one picture of it
 *   api/v1/files    → the files beside the event files of a run for other programs (FilesAnswer)
 *   api/v1/file     → one of them
 *   api/v1/export   → a run as one HTML file, or with size=1 how large it is at most (ExportSize)
 *   api/v1/trash    → the runs that were deleted (TrashAnswer)
 * POST, with the control cookie:
 *   api/v1/run-actions → names, archives, deletes and restores runs (RunActionsAnswer)
 */
export const API = {
  series: 'api/v1/series',
  values: 'api/v1/values',
  summaries: 'api/v1/summaries',
  listing: 'api/v1/listing',
  hparams: 'api/v1/hparams',
  blob: 'api/v1/blob',
  trash: 'api/v1/trash',
  runActions: 'api/v1/run-actions',
  export: 'api/v1/export',
  files: 'api/v1/files',
  file: 'api/v1/file',
} as const;
