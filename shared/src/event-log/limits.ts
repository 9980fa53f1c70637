/**
 * What one event may hold. A few bytes of a hostile or damaged file can claim anything, so each claim is checked against
 * these bounds, and against the bytes that are there, before memory is allocated for it. An event beyond a bound is
 * reported as a gap. The bounds are far above what the writers of TensorFlow, torch and convscope produce.
 */

const KB = 1024;
const MB = 1024 * KB;

/**
 * The data of one record. A checksum is at its end, so all of it is in memory, in one piece; a hub that reads the longest one
 * has to stay below 400 MB, of which it takes up to 170 MB for all else. The largest tensor of float32 that is read fits.
 * TensorBoard's page is unusable with graphs and pictures far smaller than this.
 */
export const RECORD_BYTES = 144 * MB;

/** A reason is a sentence in a list of gaps that every viewer receives. */
export const REASON_CHARACTERS = 300;

/**
 * A tag, in UTF-8. TensorBoard has no limit; tags that contain the path of a parameter or a whole configuration have a
 * few hundred bytes. A viewer asks for a tag in an address, where each byte may take three (`%20`), and Node refuses
 * addresses above 16 kB.
 */
export const TAG_BYTES = 4 * KB;

/** The name of a plugin and the version of a file: identifiers of some ten characters. */
export const NAME_BYTES = KB;

/** The values of one event. TensorFlow 1 merges all summaries of a step into one event: some thousands for a large net. */
export const EVENT_VALUES = 10_000;

/** Graphs, log messages and run metadata in one event. Writers put at most one of each kind into an event. */
export const EVENT_PARTS = 16;

/** Groups in groups. Protobuf's own readers stop at 100 levels; no field of an event is a group. */
export const GROUP_LEVELS = 100;

/** The JSON of a run's start. That of a net with 1,000 layers has some 400 kB. */
export const DESCRIPTION_BYTES = MB;

/**
 * Values, lists and objects in the JSON of a run's start: 1,000 layers of 45 values each fit. The schema passes a list of
 * problems on as the arguments of a call, and browsers accept 65,535 arguments.
 */
export const DESCRIPTION_ITEMS = 50_000;

/** Lists and objects inside each other in the JSON of a run's start or end. The description of a net has 8 levels. */
export const DESCRIPTION_LEVELS = 32;

/** A text in a run's end, such as its error: a stack trace of 40 lines. A longer one is cut, and says how long it was. */
export const END_TEXT_CHARACTERS = 4096;

/** The JSON of a run's end after its texts have been cut. It has five fields, of which two are texts. */
export const END_BYTES = 64 * KB;

/** The hyperparameters of a session. A whole configuration, flattened, has hundreds. */
export const HPARAMS = 4096;

/** The strings of a tensor: pictures of an image summary, texts of a text summary. Also how often a last one is repeated. */
export const TENSOR_STRINGS = 65_536;

/** The elements of a tensor that are read as numbers. As float64 they take 256 MB. */
export const TENSOR_ELEMENTS = 2 ** 25;

/**
 * The elements of a tensor that stores fewer values than it has elements, where the last one is repeated, so that a few
 * bytes claim all of them. 512 × 512 elements; known writers of summaries do not use the form at all.
 */
export const REPEATED_ELEMENTS = 2 ** 18;

/** Real tensors have few axes. */
export const TENSOR_AXES = 64;

/** The buckets of a histogram. TensorBoard writes 30 and torch some 1,500. */
export const HISTOGRAM_BUCKETS = 65_536;

/** The channels of a layer. Real ones have up to 4,096. */
export const CHANNELS = 65_536;

/** The probe pictures of a channels record: each is an atlas, a string of the event's tensor. */
export const PROBES = 4096;

/** Stretches of NaN or infinite values in a channels record. They are few, since they spread to whole maps. */
export const NON_FINITE_RUNS = 2 ** 20;

/** The places of all maps of a channels record, one byte each: 16 pictures of 64 channels of 362 × 362. */
export const MAP_PLACES = 2 ** 27;

/** The pixels of one picture, uncompressed, and its sides. Twice as much is allocated while it is decoded. */
export const PICTURE_BYTES = 2 ** 27;
export const PICTURE_SIDE = 65_535;

/** The data chunks of a picture. Encoders write chunks of 8 kB and more. */
export const PICTURE_PARTS = 65_536;

/** Deflate cannot expand more than this: a symbol of one bit for each 258 bytes, two bits in all with the distance. */
export const DEFLATE_RATIO = 1032;

/**
 * A layout of scalars: categories, their charts in all, and regular expressions and margins in these in all. People write layouts of
 * some tens of charts; a page with more could not be looked at.
 */
export const LAYOUT_CATEGORIES = 256;
export const LAYOUT_CHARTS = 1024;
export const LAYOUT_SERIES = 4096;
export const LAYOUT_TITLE_BYTES = KB;
