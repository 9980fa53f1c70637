/** Asks a hub for the histories of several tags at a time: see `Source.histories`. */
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import {
  HISTORIES_LIMITS,
  type HistoriesRequest,
  type HistoryQuestion,
} from '@convscope/shared/protocol/history.js';
import { type AnswerPart, decodeParts } from '@convscope/shared/protocol/parts.js';
import { countInOneBody, type Requests } from './requests.js';

/** One request, for as many as it may name; the others are to be asked for again. */
export async function requestHistories(
  post: Requests['post'],
  run: string,
  generation: number,
  questions: readonly HistoryQuestion[],
  signal: AbortSignal,
): Promise<AnswerPart[]> {
  const tags = questions.map(({ tag }) => tag);
  const { histories: most, bodyBytes } = HISTORIES_LIMITS;
  const histories = questions.slice(0, countInOneBody(tags, most, bodyBytes));
  const request: HistoriesRequest = { run, generation, histories };
  const response = await post(HTTP.histories, request, signal);
  const parts = decodeParts(new Uint8Array(await response.arrayBuffer()), histories.length);
  return questions.map((_, place) => parts[place] ?? 'later');
}
