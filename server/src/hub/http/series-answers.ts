/** Answers the series API. Loaded with its first request: see `series-api.ts`. */
import { pipeline } from 'node:stream/promises';
import { type AskedSeries, askSeries } from '@convscope/shared/answers/series/asked-series.js';
import { EncodedSeries } from '@convscope/shared/answers/series/encoded-series.js';
import { findValues } from '@convscope/shared/answers/series/find-values.js';
import { mostBytesHeld, seriesBytes } from '@convscope/shared/answers/series/series-bytes.js';
import { mostTextHeld, seriesText } from '@convscope/shared/answers/series/series-text.js';
import { summarize } from '@convscope/shared/answers/series/summarize.js';
import {
  LOOK_UPS,
  SERIES_LIMITS,
  type SeriesRequest,
  seriesRequestSchema,
  valuesRequestSchema,
  X_AXES,
} from '@convscope/shared/protocol/series.js';
import { summariesRequestSchema } from '@convscope/shared/protocol/summaries.js';
import { z } from '@convscope/shared/zod.js';
import type { RequestHandler, Response } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { addBlocks } from '../../pixel-columns/add-blocks.js';
import { answerRoom, isLong } from './answer-room.js';
import { parse } from './http-error.js';
import { postedJson } from './json-body.js';
import { sendJson } from './send-json.js';

const text = z.optional(z.string().check(z.maxLength(SERIES_LIMITS.textLength)));
const texts = z.optional(
  z.union([
    z.array(z.string()),
    z.pipe(
      z.string(),
      z.transform((one): string[] => [one]),
    ),
  ]),
);
const number = z.optional(
  z.pipe(
    z.string().check(z.regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i), z.maxLength(64)),
    z.transform(Number),
  ),
);
const flag = z.optional(
  z.pipe(
    z.enum(['0', '1']),
    z.transform((one) => one === '1'),
  ),
);
const selection = { run: texts, runFilter: text, tag: texts, tagPrefix: text };

/** The same parameters in an address, where `run` and `tag` may come several times. */
const seriesQuery = z.object({
  ...selection,
  ...{ x: z.optional(z.enum(X_AXES)), from: number, to: number, width: number, points: number },
  ...{ smoothing: number, replaced: flag, outline: flag },
});
const valuesQuery = z.object({
  ...selection,
  ...{ x: z.optional(z.enum(X_AXES)), at: number, find: z.optional(z.enum(LOOK_UPS)) },
  ...{ smoothing: number, median: flag },
});
const summariesQuery = z.object(selection);
const formatQuery = z.object({ format: z._default(z.enum(['binary', 'json', 'csv']), 'binary') });

export interface SeriesAnswers {
  readonly series: RequestHandler;
  readonly values: RequestHandler;
  readonly summaries: RequestHandler;
}

/** @param postedBody what is said of a body that is not JSON */
export function createSeriesAnswers(logdir: Logdir, postedBody: string): SeriesAnswers {
  const encoded = new EncodedSeries(addBlocks);

  const series: RequestHandler = async (request, response) => {
    const { format } = parse(formatQuery, { format: request.query.format });
    const given =
      request.method === 'POST'
        ? postedJson(request, postedBody)
        : inPlural(parse(seriesQuery, request.query));
    const wanted: SeriesRequest = parse(seriesRequestSchema, given);
    const hasWidth = 'width' in given && given.width !== undefined;
    response.type(CONTENT_TYPES[format]);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const ask = () => askSeries(logdir, wanted, wanted);
    const bytesHeld = (asked: AskedSeries) =>
      format === 'binary' ? mostBytesHeld(asked, wanted) : mostTextHeld(wanted, hasWidth);
    const asked = await withRoom(response, ask, bytesHeld);
    if (asked === null) return;
    const pieces =
      format === 'binary' ? seriesBytes(asked, wanted, encoded) : seriesText(asked, wanted, format, hasWidth);
    await pipeline(pieces, response);
  };
  const values: RequestHandler = async (request, response) => {
    const given =
      request.method === 'POST'
        ? postedJson(request, postedBody)
        : inPlural(parse(valuesQuery, request.query));
    const wanted = parse(valuesRequestSchema, given);
    const asked = await askSeries(logdir, wanted, { x: wanted.x, replaced: false });
    await sendJson(request, response, await findValues(asked, wanted));
  };
  const summaries: RequestHandler = async (request, response) => {
    const given =
      request.method === 'POST'
        ? postedJson(request, postedBody)
        : inPlural(parse(summariesQuery, request.query));
    const wanted = parse(summariesRequestSchema, given);
    const asked = await askSeries(logdir, wanted, { x: 'step', replaced: false });
    await sendJson(request, response, await summarize(asked));
  };
  return { series, values, summaries };
}

/** Asks, and has the answer held. What is long waits for room, and does not keep what it found meanwhile. Null if the client left. */
async function withRoom(
  response: Response,
  ask: () => Promise<AskedSeries>,
  bytesHeld: (asked: AskedSeries) => number,
): Promise<AskedSeries | null> {
  const first = await askUnlessLong(ask, bytesHeld);
  const leave = first === null ? await answerRoom.enter() : () => {};
  try {
    if (response.destroyed) return null;
    const asked = first ?? (await ask());
    await answerRoom.hold(response, bytesHeld(asked));
    return response.destroyed ? null : asked;
  } finally {
    leave();
  }
}

async function askUnlessLong(
  ask: () => Promise<AskedSeries>,
  bytesHeld: (asked: AskedSeries) => number,
): Promise<AskedSeries | null> {
  const asked = await ask();
  return isLong(bytesHeld(asked)) ? null : asked;
}

const CONTENT_TYPES = {
  binary: 'application/octet-stream',
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
};

function inPlural<T extends { run?: string[] | undefined; tag?: string[] | undefined }>({
  run,
  tag,
  ...rest
}: T) {
  return { ...rest, runs: run, tags: tag };
}
