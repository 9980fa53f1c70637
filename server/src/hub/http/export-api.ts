import { pipeline } from 'node:stream/promises';
import { EXPORT_LIMITS } from '@convscope/shared/export/export-choice.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { API } from '@convscope/shared/protocol/addresses.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { z } from '@convscope/shared/zod.js';
import type { Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { HttpError, parse } from './http-error.js';

const text = z.optional(z.string().check(z.maxLength(EXPORT_LIMITS.text)));
const exportQuery = z.object({
  run: z.string().check(z.maxLength(LIMITS.runIdLength)),
  ...{ steps: text, layers: text, probes: text },
  /** Only says how large the file is at most. */
  size: z.optional(z.enum(['0', '1'])),
});

export function addExportRoute(api: Router, logdir: Logdir, clientDirectory: string): void {
  api.get(`/${API.export}`, async ({ method, query }, response) => {
    const { run, size, ...request } = parse(exportQuery, query);
    // Loaded with the first request: few hubs are asked for one.
    const [{ compress, readTemplate }, { exportSize, exportText }] = await Promise.all([
      import('../../export/export-run.js'),
      import('@convscope/shared/export/one-file.js'),
    ]);
    const files = await logdir.files(run);
    if (files.length === 0) throw new HttpError(404, `There is no such run in ${logdir.name}.`);
    const template = await readTemplate(clientDirectory);
    if (size === '1') {
      response.json(await said(exportSize({ files, request, template })));
      return;
    }
    // What is wrong with the request is said before the first byte.
    const pieces = exportText({ run, files, request, template, compress });
    const first = await said(pieces.next());
    response.type('html').attachment(`${run.replaceAll(/[^\w.-]+/g, '_')}.html`);
    if (method === 'HEAD') {
      response.end();
      return;
    }
    response.write(first.value ?? '');
    await pipeline(pieces, response);
  });
}

/** What is wrong with a request is the answer to it. */
async function said<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new HttpError(400, messageOf(error));
  }
}
