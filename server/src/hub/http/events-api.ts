import { pipeline } from 'node:stream/promises';
import type { Run } from '@convscope/shared/log-index/run.js';
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { type EventsRequest, eventHead } from '@convscope/shared/protocol/events.js';
import { EVENTS_LIMITS, LIMITS } from '@convscope/shared/protocol/limits.js';
import { z } from '@convscope/shared/zod.js';
import type { Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { answerRoom } from './answer-room.js';
import { HttpError, parse } from './http-error.js';
import { jsonBody, postedJson } from './json-body.js';

export const EVENTS_BODY =
  'Several events are asked for with a JSON body, such as {"run": "a", "generation": 1, "events": [[0, 40, 512]]}.';

const natural = z.int().check(z.gte(0));
const body: z.ZodMiniType<EventsRequest> = z.object({
  run: z.string().check(z.maxLength(LIMITS.runIdLength)),
  generation: natural,
  events: z
    .array(z.tuple([natural, natural, natural]))
    .check(z.minLength(1), z.maxLength(EVENTS_LIMITS.events)),
});

/** @param findRun throws an HttpError for a run that is not there, or is of another generation */
export function addEventsRoute(
  api: Router,
  logdir: Logdir,
  findRun: (id: string, generation: number) => Run,
): void {
  api.post(`/${HTTP.events}`, jsonBody(EVENTS_LIMITS.bodyBytes), async (request, response) => {
    const { run, generation, events } = parse(body, postedJson(request, EVENTS_BODY));
    findRun(run, generation);
    const bytes = events.reduce((sum, [, , length]) => sum + length, 0);
    if (bytes > EVENTS_LIMITS.answerBytes) {
      const most = EVENTS_LIMITS.answerBytes / 2 ** 20;
      throw new HttpError(413, `The events are larger than ${most} MB together; ask for fewer at a time.`);
    }
    response.type('application/octet-stream');
    await answerRoom.holdStream(response, bytes);
    await pipeline(answer(logdir, run, events), response);
  });
}

async function* answer(
  logdir: Logdir,
  run: string,
  events: EventsRequest['events'],
): AsyncGenerator<Uint8Array> {
  for (const [file, offset, length] of events) {
    const pieces = await logdir.event(run, file, offset, length);
    yield eventHead(pieces === null ? undefined : length);
    if (pieces !== null) yield* pieces;
  }
}
