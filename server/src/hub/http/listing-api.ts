import { API } from '@convscope/shared/protocol/addresses.js';
import type { Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { TimeBudget } from '../../machine/time-budget.js';
import { listTags } from '../series/list-tags.js';
import { sendJson } from './send-json.js';

export function addListingRoute(api: Router, logdir: Logdir): void {
  api.get(`/${API.listing}`, async (request, response) => {
    await sendJson(request, response, await new TimeBudget().do(listTags(logdir)));
  });
}
