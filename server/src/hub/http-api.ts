import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HTTP, LIMITS } from '@convscope/shared/protocol.js';
import { z } from 'zod';
import type { FollowedRun } from '../logdir/followed-run.js';
import type { Logdir } from '../logdir/logdir.js';
import type { Access } from './access.js';

export interface ApiOptions {
  readonly logdir: Logdir;
  readonly access: Access;
  readonly version: string;
}

/** An answer that is an error: a status and a sentence. */
class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const SESSION_BODY_BYTES = 4096;

const count = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number);
const run = z.string().max(LIMITS.runIdLength);
const tag = z.string().max(LIMITS.tagLength);
const runQuery = z.object({ run });
const scalarsQuery = z.object({ run, tag, generation: count, from: count.default(0) });
const indexQuery = scalarsQuery.extend({ kind: z.string().max(32) });
const eventQuery = z.object({ run, generation: count, file: count, offset: count, length: count });

/** Answers whatever is below api/. Host, Origin and method are checked before. */
export function createApi(options: ApiOptions) {
  const { logdir, access, version } = options;

  return async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<void> => {
    response.setHeader('Cache-Control', 'no-store');
    try {
      const refusal = access.refuseForeignPage(request.headers);
      if (refusal) throw new HttpError(refusal.status, refusal.error);
      if (path === HTTP.session && request.method === 'POST') return await openSession(request, response);
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('Allow', path === HTTP.session ? 'GET, HEAD, POST' : 'GET, HEAD');
        throw new HttpError(405, `${request.method} is not what ${path} takes.`);
      }
      const stranger = access.refuseViewer(request.headers);
      if (stranger) throw new HttpError(stranger.status, stranger.error);
      await answer(request, response, path, query);
    } catch (error) {
      if (response.headersSent) {
        // Too late for words: what was cut must not look whole.
        response.destroy();
        return;
      }
      if (error instanceof HttpError) sendJson(response, error.status, { error: error.message });
      else
        sendJson(response, 500, {
          error: `The hub failed: ${error instanceof Error ? error.message : String(error)}`,
        });
    }
  };

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ) {
    switch (path) {
      case HTTP.session:
        return sendJson(response, 200, {
          version,
          logdir: logdir.storage.root,
          readOnly: !access.hasCookie(request.headers),
        });
      case HTTP.runs:
        return sendJson(
          response,
          200,
          [...logdir.runs.values()].map((known) => known.summary()),
        );
      case HTTP.run:
        return sendJson(response, 200, findRun(parse(runQuery, query).run).detail());
      case HTTP.scalars: {
        const wanted = parse(scalarsQuery, query);
        const column = findRun(wanted.run, wanted.generation).index.scalars(wanted.tag);
        if (!column)
          throw new HttpError(404, `The run ${wanted.run} has no scalars ${JSON.stringify(wanted.tag)}.`);
        return sendBytes(response, column.bytes(wanted.from));
      }
      case HTTP.index: {
        const wanted = parse(indexQuery, query);
        const column = findRun(wanted.run, wanted.generation).index.blobs(wanted.tag, wanted.kind);
        if (!column) {
          throw new HttpError(
            404,
            `The run ${wanted.run} has no ${wanted.kind} records ${JSON.stringify(wanted.tag)}.`,
          );
        }
        return sendBytes(response, column.bytes(wanted.from));
      }
      case HTTP.event:
        return sendEvent(request, response, query);
      default:
        throw new HttpError(404, `There is no ${path}.`);
    }
  }

  function findRun(id: string, generation?: number): FollowedRun {
    const known = logdir.runs.get(id);
    if (!known) throw new HttpError(404, `There is no run ${JSON.stringify(id)} in ${logdir.storage.root}.`);
    const current = known.index.generation;
    if (generation !== undefined && generation !== current) {
      throw new HttpError(
        409,
        `The run ${id} was read anew (generation ${current}, asked for ${generation}); fetch it again.`,
      );
    }
    return known;
  }

  async function sendEvent(
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
  ): Promise<void> {
    const wanted = parse(eventQuery, query);
    findRun(wanted.run, wanted.generation);
    const pieces = await logdir.readEvent(wanted.run, wanted.file, wanted.offset, wanted.length);
    if (!pieces) throw new HttpError(404, 'No event of this run lies there, or its file was just replaced.');
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': wanted.length,
      // Generations are never used twice, so these bytes can never be others.
      'Cache-Control': 'private, max-age=31536000, immutable',
    });
    if (request.method === 'HEAD') response.end();
    else await pipeline(Readable.from(pieces), response).catch(() => response.destroy());
  }

  async function openSession(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!/^application\/json(;|$)/.test(request.headers['content-type'] ?? '')) {
      throw new HttpError(415, 'A session is asked for with a JSON body: {"token": "…"}.');
    }
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of request) {
      size += (part as Buffer).length;
      if (size > SESSION_BODY_BYTES)
        throw new HttpError(413, `The body is larger than ${SESSION_BODY_BYTES} bytes.`);
      parts.push(part as Buffer);
    }
    const token = tokenOf(Buffer.concat(parts).toString('utf8'));
    if (token === null) throw new HttpError(400, 'A session is asked for with a JSON body: {"token": "…"}.');
    if (!access.isViewToken(token))
      throw new HttpError(401, 'The token is not the one that this hub printed.');
    access.setCookie(request, response);
    sendJson(response, 200, { version, logdir: logdir.storage.root, readOnly: false });
  }
}

function tokenOf(body: string): string | null {
  try {
    const parsed = z.object({ token: z.string() }).safeParse(JSON.parse(body));
    return parsed.success ? parsed.data.token : null;
  } catch {
    return null;
  }
}

function parse<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
  const result = schema.safeParse(Object.fromEntries(query));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new HttpError(400, `The parameter ${issue?.path.join('.') ?? ''} is missing or not as it should be.`);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': bytes.length,
  });
  response.end(bytes);
}

function sendBytes(response: ServerResponse, bytes: Uint8Array): void {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length });
  response.end(bytes);
}
