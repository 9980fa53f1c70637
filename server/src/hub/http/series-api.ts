import { API } from '@convscope/shared/protocol/addresses.js';
import { SERIES_LIMITS } from '@convscope/shared/protocol/series.js';
import type { RequestHandler, Router } from 'express';
import type { Logdir } from '../../logdir/logdir.js';
import { jsonBody } from './json-body.js';
import type { SeriesAnswers } from './series-answers.js';

/** Addresses that take a POST beside GET, for requests that name many runs. They change nothing. */
export const POSTED: ReadonlySet<string> = new Set([`/${API.series}`, `/${API.values}`, `/${API.summaries}`]);

export const POSTED_BODY =
  'A request by POST has a JSON body with the same parameters, such as {"runs": ["a", "b"], "tags": ["loss"]}.';

/** The code that answers is loaded with the first request: a hub that nobody asks for series does not hold it in memory. */
export function addSeriesRoutes(api: Router, logdir: Logdir): void {
  let loading: Promise<SeriesAnswers> | undefined;
  const answerOf =
    (which: keyof SeriesAnswers): RequestHandler =>
    async (...request) => {
      loading ??= import('./series-answers.js').then(({ createSeriesAnswers }) =>
        createSeriesAnswers(logdir, POSTED_BODY),
      );
      return (await loading)[which](...request);
    };
  const body = jsonBody(SERIES_LIMITS.bodyBytes);
  api.get(`/${API.series}`, answerOf('series'));
  api.post(`/${API.series}`, body, answerOf('series'));
  api.get(`/${API.values}`, answerOf('values'));
  api.post(`/${API.values}`, body, answerOf('values'));
  api.get(`/${API.summaries}`, answerOf('summaries'));
  api.post(`/${API.summaries}`, body, answerOf('summaries'));
}
