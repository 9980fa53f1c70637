import { joined } from '../../joined.js';
import { API_VERSION } from '../../protocol/addresses.js';
import { SERIES_LIMITS, type SeriesRequest } from '../../protocol/series.js';
import { encodeSeriesEnd, encodeSeriesHead } from '../../protocol/series-codec.js';
import type { AskedSeries } from './asked-series.js';
import { COLUMN_BYTES, POINT_BYTES } from './branches.js';
import type { EncodedSeries } from './encoded-series.js';

/** Blocks are sent together in pieces of about this size. */
const PIECE_BYTES = 64 * 1024;

/** What JSON makes of a character at most. */
const CHARACTER_BYTES = 6;

const NO_EXTENT = { from: 0, to: 0 };

/** How many bytes of an answer are in memory at a time at most: its head, or a piece with the series that it ends with. */
export function mostBytesHeld({ runs, tags }: AskedSeries, request: SeriesRequest): number {
  const { width, points = width, replaced } = request;
  let characters = 0;
  for (const { run } of runs) characters += run.length;
  for (const tag of tags) characters += tag.length;
  const branches = replaced ? SERIES_LIMITS.branchBytes : 0;
  const series = Math.max(points * POINT_BYTES, width * COLUMN_BYTES) + branches;
  return Math.max(characters * CHARACTER_BYTES, PIECE_BYTES + series);
}

/** The bytes of an answer, piece by piece, while the series are read. */
export async function* seriesBytes(
  asked: AskedSeries,
  request: SeriesRequest,
  encoded: EncodedSeries,
): AsyncGenerator<Uint8Array> {
  const { runs, tags, series, budget } = asked;
  let parts: Uint8Array[] = [encodeSeriesHead({ version: API_VERSION, x: request.x, runs, tags })];
  let waiting = 0;
  let left: number = SERIES_LIMITS.answerBytes;
  const isWhole = request.from === undefined || request.to === undefined;
  for (const [at, one] of series.entries()) {
    if (left <= 0) {
      const reason = `An answer has at most ${SERIES_LIMITS.answerBytes / 2 ** 20} MB; ask for the rest by itself.`;
      for (const { run, tag } of series.slice(at))
        asked.refuse({ run: runs[run]?.run, tag: tags[tag], reason });
      break;
    }
    const extent = isWhole ? await asked.extent(one.tag) : NO_EXTENT;
    const open = asked.open(one);
    if (!open) continue;
    const { blocks, leftOut } = await budget.do(encoded.read(open, request, extent));
    if (leftOut > 0)
      asked.refuse({
        ...{ run: runs[one.run]?.run, tag: tags[one.tag], branches: leftOut },
        reason: `An answer has at most ${SERIES_LIMITS.branches} branches and ${SERIES_LIMITS.branchBytes / 2 ** 20} MB of them for a series; older ones are left out. JSON and CSV have all.`,
      });
    for (const block of blocks) {
      parts.push(block);
      waiting += block.length;
      left -= block.length;
    }
    await budget.rest();
    if (waiting < PIECE_BYTES) continue;
    yield joined(parts);
    parts = [];
    waiting = 0;
  }
  yield joined([...parts, encodeSeriesEnd({ refused: asked.refused() })]);
}
