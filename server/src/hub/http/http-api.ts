import type { RequestListener } from 'node:http';
import { parse as parseQuery } from 'node:querystring';
import { pipeline } from 'node:stream/promises';
import type { CaptureHistory } from '@convscope/shared/answers/capture-history.js';
import type { Run } from '@convscope/shared/log-index/run.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { API, API_VERSION, HTTP } from '@convscope/shared/protocol/addresses.js';
import { LIMITS, PROTOCOL_VERSION } from '@convscope/shared/protocol/limits.js';
import type { RunsMessage } from '@convscope/shared/protocol/live.js';
import { z } from '@convscope/shared/zod.js';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import type { RunCare } from '../run-care/run-care.js';
import type { Access, Refusal } from './access.js';
import { answerRoom } from './answer-room.js';
import { addBlobRoute } from './blob-api.js';
import { addEventsRoute, EVENTS_BODY } from './events-api.js';
import { addExportRoute } from './export-api.js';
import { addFilesRoutes } from './files-api.js';
import { addHistoriesRoute, HISTORIES_BODY } from './histories-api.js';
import { addHparamsRoute } from './hparams-api.js';
import { HttpError, parse } from './http-error.js';
import { addIndexesRoute, INDEXES_BODY } from './indexes-api.js';
import { jsonBody } from './json-body.js';
import { addListingRoute } from './listing-api.js';
import { addRunActions, RUN_ACTION_BODY } from './run-actions-api.js';
import { sendBytes } from './send-bytes.js';
import { sendJson } from './send-json.js';
import { addSeriesRoutes, POSTED, POSTED_BODY } from './series-api.js';

export interface ApiOptions {
  readonly logdir: Logdir;
  readonly history: CaptureHistory;
  readonly access: Access;
  readonly care: RunCare;
  /** Begins and ends with `/`. */
  readonly basePath: string;
  readonly version: string;
  /** Where the built page is. */
  readonly clientDirectory: string;
}

/** What is asked for with POST alone, and how the refusal of other methods begins. */
const SEVERAL: ReadonlyMap<string, string> = new Map([
  [`/${HTTP.events}`, 'Several events are'],
  [`/${HTTP.indexes}`, 'Several indexes are'],
  [`/${HTTP.histories}`, 'Histories are'],
]);

const SESSION_BODY_BYTES = 4096;
/** The list of more tags takes megabytes, and is not made for several clients at a time. */
const MANY_TAGS = 5_000;
const NO_RECORDS = 'The run has no records of this kind and tag.';
const SESSION_BODY = 'A session is asked for with a JSON body: {"token": "…"}.';

const count = z.pipe(z.string().check(z.regex(/^\d{1,16}$/)), z.transform(Number));
const runQuery = z.object({ run: z.string().check(z.maxLength(LIMITS.runIdLength)) });
const rowsQuery = z.extend(runQuery, {
  tag: z.string().check(z.maxLength(LIMITS.tagLength)),
  generation: count,
  from: z._default(count, 0),
});
const indexQuery = z.extend(rowsQuery, { kind: z.string().check(z.maxLength(32)) });
const eventQuery = z.extend(runQuery, { generation: count, file: count, offset: count, length: count });
const sessionBody = z.object({ token: z.string() });

/** Answers whatever is below api/. Host and Origin are checked before. */
export function createApi({
  logdir,
  history,
  access,
  care,
  basePath,
  version,
  clientDirectory,
}: ApiOptions): RequestListener {
  const api = express.Router({ caseSensitive: true, strict: true });

  api.use((request, response, next) => {
    response.set('Cache-Control', 'no-store');
    refuse(access.refuseForeignPage(request.headers));
    next();
  });

  api.post(`/${HTTP.session}`, jsonBody(SESSION_BODY_BYTES), (request, response) => {
    // express.json reads JSON only, which a form of a foreign page cannot send.
    if (request.body === undefined) throw new HttpError(415, SESSION_BODY);
    const body = sessionBody.safeParse(request.body);
    if (!body.success) throw new HttpError(400, SESSION_BODY);
    if (!access.isViewToken(body.data.token))
      throw new HttpError(401, 'The token is not the one that this hub printed.');
    access.setCookie(request, response);
    response.json({ version, api: API_VERSION, logdir: logdir.name, readOnly: access.isReadOnly });
  });

  api.use((request, response, next) => {
    const { method, path } = request;
    const isAction = path === `/${API.runActions}`;
    const several = SEVERAL.get(path);
    if ((isAction || several !== undefined) && method !== 'POST') {
      response.set('Allow', 'POST');
      const what = several ?? 'What is done to runs is';
      throw new HttpError(405, `${what} asked for with POST.`);
    }
    const isPosted = isAction || several !== undefined || POSTED.has(path);
    if (method !== 'GET' && method !== 'HEAD' && !(isPosted && method === 'POST')) {
      response.set('Allow', isPosted || path === `/${HTTP.session}` ? 'GET, HEAD, POST' : 'GET, HEAD');
      throw new HttpError(405, `This address is asked for with GET${isPosted ? ', POST' : ''} or HEAD.`);
    }
    refuse(access.refuseViewer(request.headers));
    if (isAction) refuse(access.refuseControl(request.headers));
    next();
  });

  api.get(`/${HTTP.session}`, ({ headers }, response) => {
    const { name, notices } = logdir;
    const refusal = access.refuseControl(headers);
    response.json({
      version,
      api: API_VERSION,
      logdir: name,
      notices,
      readOnly: refusal !== null,
      readOnlyReason: refusal?.error,
    });
  });
  // A page asks for it while its code is being loaded, long before its socket is open.
  api.get(`/${HTTP.runs}`, async (request, response) => {
    // Before that it would say that there are no runs.
    await logdir.scanned;
    const { name, notices } = logdir;
    const runs = [...logdir.runs.values()].map((known) => known.summary());
    const list = { protocol: PROTOCOL_VERSION, logdir: name, notices: [...notices], runs };
    await sendJson(request, response, list satisfies RunsMessage);
  });
  api.get(`/${HTTP.run}`, async (request, response) => {
    const known = findRun(parse(runQuery, request.query).run);
    await sendJson(request, response, hasManyTags(known) ? () => known.detail() : known.detail());
  });
  api.get(`/${HTTP.index}`, async ({ query }, response) => {
    const { run, tag, kind, generation, from } = parse(indexQuery, query);
    const known = findRun(run, generation);
    const column = kind === 'scalar' ? null : known.column(tag, kind);
    if (!column) throw new HttpError(404, NO_RECORDS);
    await sendBytes(response.type('application/octet-stream'), column.bytes(from));
  });
  api.get(`/${HTTP.event}`, async ({ method, query }, response) => {
    const { run, generation, file, offset, length } = parse(eventQuery, query);
    findRun(run, generation);
    const pieces = await logdir.event(run, file, offset, length);
    if (!pieces) throw new HttpError(404, 'No event of this run lies there, or its file was just replaced.');
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': length,
      // Generations are never used twice, so these bytes can never be others.
      'Cache-Control': 'private, max-age=31536000, immutable',
    });
    if (method === 'HEAD') response.end();
    else {
      await answerRoom.holdStream(response, length);
      await pipeline(pieces, response);
    }
  });

  addSeriesRoutes(api, logdir);
  addListingRoute(api, logdir);
  addHparamsRoute(api, logdir);
  addBlobRoute(api, logdir);
  addEventsRoute(api, logdir, findRun);
  addIndexesRoute(api, findRun);
  addHistoriesRoute(api, history, findRun);
  addFilesRoutes(api, logdir);
  addExportRoute(api, logdir, clientDirectory);
  addRunActions(api, care);

  function findRun(id: string, generation?: number): Run {
    const known = logdir.runs.get(id);
    if (!known) throw new HttpError(404, `There is no such run in ${logdir.name}.`);
    const current = known.generation;
    if (generation !== undefined && generation !== current) {
      throw new HttpError(409, `The run was read anew and is now of generation ${current}; fetch it again.`);
    }
    return known;
  }

  const app = express();
  app.disable('x-powered-by');
  // What changes is never stored, and what never changes needs no question.
  app.disable('etag');
  // qs would make objects of names, and Node's own parser drops what comes after a thousand of them.
  app.set('query parser', (query: string) => parseQuery(query, '&', '=', { maxKeys: 0 }));
  app.use(basePath, api, notFound, answerError);
  return app;
}

function hasManyTags(run: Run): boolean {
  let left = MANY_TAGS;
  for (const _ of run.columns()) if (left-- === 0) return true;
  return false;
}

const notFound: RequestHandler = () => {
  throw new HttpError(404, 'The API has no such address.');
};

/** Express knows an error handler by its four parameters. */
const answerError: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  if (response.headersSent) {
    // Too late for words: what was cut must not look whole.
    response.destroy();
    return;
  }
  const { status, message } = asHttpError(error, bodyOf(request.path));
  response.status(status).json({ error: message });
};

function bodyOf(path: string): string {
  if (path.endsWith(HTTP.session)) return SESSION_BODY;
  if (path.endsWith(HTTP.events)) return EVENTS_BODY;
  if (path.endsWith(HTTP.indexes)) return INDEXES_BODY;
  if (path.endsWith(HTTP.histories)) return HISTORIES_BODY;
  return path.endsWith(API.runActions) ? RUN_ACTION_BODY : POSTED_BODY;
}

/** @param body what is said of a body that express.json refuses; its error has a status, but no sentence. */
function asHttpError(error: unknown, body: string): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof Error && 'status' in error) {
    const limit = 'limit' in error ? ` than ${error.limit} bytes` : '';
    return error.status === 413
      ? new HttpError(413, `The body is larger${limit}.`)
      : new HttpError(Number(error.status), body);
  }
  return new HttpError(500, `The hub failed: ${messageOf(error)}`);
}

function refuse(refusal: Refusal | null): void {
  if (refusal) throw new HttpError(refusal.status, refusal.error);
}
