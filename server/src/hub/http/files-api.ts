import { API } from '@convscope/shared/protocol/addresses.js';
import type { FilesAnswer } from '@convscope/shared/protocol/files-beside.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { z } from '@convscope/shared/zod.js';
import type { Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { answerRoom } from './answer-room.js';
import { isKnown } from './byte-range.js';
import { HttpError, parse } from './http-error.js';
import { sendJson } from './send-json.js';
import { sendRange } from './send-range.js';

const filesQuery = z.object({ run: z.string().check(z.maxLength(LIMITS.runIdLength)) });
const fileQuery = z.extend(filesQuery, { path: z.string().check(z.maxLength(LIMITS.runIdLength)) });

export function addFilesRoutes(api: Router, logdir: Logdir): void {
  api.get(`/${API.files}`, async (request, response) => {
    const { run } = parse(filesQuery, request.query);
    // Made one at a time, since it may read some megabytes.
    await sendJson(request, response, async () => {
      const listing = await logdir.beside(run);
      if (!listing) throw new HttpError(404, `There is no such run in ${logdir.name}.`);
      return { version: 1, run, ...listing } satisfies FilesAnswer;
    });
  });

  api.get(`/${API.file}`, async (request, response) => {
    const { run, path } = parse(fileQuery, request.query);
    if (!logdir.runs.has(run)) throw new HttpError(404, `There is no such run in ${logdir.name}.`);
    const file = await logdir.openBeside(run, path);
    if (!file) throw new HttpError(404, `${API.files} lists no such file of this run, or it is gone.`);
    const { name, size, stamp } = file;
    const etag = `"${stamp.replaceAll(':', '-')}"`;
    // Never shown, whatever it holds.
    response.attachment(name).type('application/octet-stream');
    const about = { ETag: etag, 'Cache-Control': 'private, no-cache' };
    if (isKnown(request.headers, etag)) {
      response.writeHead(304, about).end();
      return;
    }
    await answerRoom.holdStream(response, size);
    await sendRange(request, response, about, file.pieces(), { length: size, what: 'The file' });
  });
}
