import { pipeline } from 'node:stream/promises';
import { EXPORT_LIMITS, type ExportRequest } from '@convscope/shared/export/export-choice.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { API } from '@convscope/shared/protocol/addresses.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { z } from '@convscope/shared/zod.js';
import type { Response, Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { HttpError, parse } from './http-error.js';

/** Exports that are sent at a time. Each holds the whole page, some MB, while its client reads. */
const MOST_EXPORTS = 4;
/** A client that takes nothing for so long is cut, so that others get its place. */
const STALLED_MS = 30_000;

const text = z.optional(z.string().check(z.maxLength(EXPORT_LIMITS.text)));
const exportQuery = z.object({
  run: z.string().check(z.maxLength(LIMITS.runIdLength)),
  ...{ steps: text, layers: text, probes: text },
  /** Only says how large the file is at most. */
  size: z.optional(z.enum(['0', '1'])),
});

export function addExportRoute(api: Router, logdir: Logdir, clientDirectory: string): void {
  const sizeInTurn = inTurn();
  /** Each begins with megabytes of text, which take a turn of the event loop. */
  const beginInTurn = inTurn();
  let sending = 0;

  async function filesOf(run: string) {
    const files = await logdir.files(run);
    if (files.length === 0) throw new HttpError(404, `There is no such run in ${logdir.name}.`);
    return files;
  }

  async function answerSize(run: string, request: ExportRequest, response: Response): Promise<void> {
    const { readTemplate, exportSize } = await loadExport();
    const [files, template] = [await filesOf(run), await readTemplate(clientDirectory)];
    response.json(await said(exportSize({ files, request, template })));
  }

  /** Writes the first piece. Returns the others; undefined if no more is asked for. */
  async function begin(
    run: string,
    request: ExportRequest,
    method: string,
    response: Response,
  ): Promise<AsyncGenerator<string> | undefined> {
    const { readTemplate, exportText, compress } = await loadExport();
    const [files, template] = [await filesOf(run), await readTemplate(clientDirectory)];
    // What is wrong with the request is said before the first byte.
    const pieces = exportText({ run, files, request, template, compress });
    const first = await said(pieces.next());
    response.type('html').attachment(`${run.replaceAll(/[^\w.-]+/g, '_')}.html`);
    if (method === 'HEAD') {
      response.end();
      return undefined;
    }
    response.setTimeout(STALLED_MS, () => response.destroy());
    response.write(Buffer.from(first.value ?? ''));
    return pieces;
  }

  api.get(`/${API.export}`, async ({ method, query }, response) => {
    const { run, size, ...request } = parse(exportQuery, query);
    if (size === '1') {
      await sizeInTurn(
        () => answerSize(run, request, response),
        () => !response.destroyed,
      );
      return;
    }
    if (sending >= MOST_EXPORTS)
      throw new HttpError(503, `${MOST_EXPORTS} runs are being exported. Try again when one is done.`);
    sending++;
    try {
      const pieces = await beginInTurn(
        () => begin(run, request, method, response),
        () => !response.destroyed,
      );
      if (pieces !== undefined) await pipeline(bytesOf(pieces), response);
    } finally {
      sending--;
    }
  });
}

/** Encoding megabytes of text here takes less time than in a stream. */
async function* bytesOf(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

/** Loaded with the first request: few hubs are asked for an export. */
async function loadExport() {
  const [file, text] = await Promise.all([
    import('../../export/export-run.js'),
    import('@convscope/shared/export/one-file.js'),
  ]);
  return { ...file, ...text };
}

/** Does work after all that was asked for before. Work of a client that has left meanwhile is not done. */
function inTurn(): <T>(work: () => Promise<T>, isWanted: () => boolean) => Promise<T | undefined> {
  let last: Promise<unknown> = Promise.resolve();
  return (work, isWanted) => {
    const mine = last.then(() => (isWanted() ? work() : undefined));
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** What is wrong with a request is the answer to it. */
async function said<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new HttpError(400, messageOf(error));
  }
}
