import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { API } from '@convscope/shared/protocol/addresses.js';
import type { Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { TimeBudget } from '../../machine/time-budget.js';
import { listTags } from '../series/list-tags.js';

/** A shorter listing is sent as it is. */
const COMPRESSED_BYTES = 16 * 1024;

const compress = promisify(gzip);

export function addListingRoute(api: Router, logdir: Logdir): void {
  api.get(`/${API.listing}`, async (request, response) => {
    const listing = Buffer.from(JSON.stringify(await new TimeBudget().do(listTags(logdir))));
    response.type('json').vary('Accept-Encoding');
    const isCompressed = listing.length > COMPRESSED_BYTES && request.acceptsEncodings('gzip') === 'gzip';
    if (!isCompressed) {
      response.end(listing);
      return;
    }
    response.set('Content-Encoding', 'gzip');
    response.end(await compress(listing, { level: constants.Z_BEST_SPEED }));
  });
}
