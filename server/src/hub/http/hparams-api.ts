import { createHparamsReader } from '@convscope/shared/answers/read-hparams.js';
import { API } from '@convscope/shared/protocol/addresses.js';
import type { Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { sendJson } from './send-json.js';

export function addHparamsRoute(api: Router, logdir: Logdir): void {
  const reader = createHparamsReader(logdir);
  api.get(`/${API.hparams}`, async (request, response) => {
    await sendJson(request, response, await reader.read());
  });
}
