/** Asks for all that a hub can say about a run, as pages and programs do. */
import { RECORD_BYTES } from '@convscope/shared/event-log/limits.js';
import { API, HTTP } from '@convscope/shared/protocol/addresses.js';
import type { Scene } from './scene.js';

/** Of a run with more tags, the first and last are asked for. */
const MOST_TAGS = 24;
/** No answer is larger, except a record that is asked for as a whole. */
const MOST_BYTES = 64_000_000;

/** What of the answers is not as it should be: errors of the hub, JSON that is none, and more than an answer may hold. */
export async function answerProblems(scene: Scene, run: string): Promise<readonly string[]> {
  const detail = await scene.detail(run);
  if (detail === undefined) return [`The run ${run} is not listed.`];
  const { tags, summary } = detail;
  const some =
    tags.length <= MOST_TAGS ? tags : [...tags.slice(0, MOST_TAGS / 2), ...tags.slice(-MOST_TAGS / 2)];
  const generation = String(summary.generation);
  const paths = [API.listing, API.hparams, `${API.export}?${new URLSearchParams({ run, size: '1' })}`];
  for (const { tag, kind } of some) {
    const of = { run, tag };
    if (kind === 'scalar') {
      for (const format of ['json', 'csv'])
        paths.push(`${API.series}?${new URLSearchParams({ ...of, format })}`);
      for (const more of [{}, { x: 'wall', points: '0' }, { format: 'csv', width: '100' }])
        paths.push(`${API.series}?${new URLSearchParams({ ...of, replaced: '1', ...more })}`);
      paths.push(`${API.series}?${new URLSearchParams({ ...of, width: '100', smoothing: '0.9' })}`);
      paths.push(`${API.values}?${new URLSearchParams({ ...of, at: '2.5', median: '1' })}`);
      paths.push(`${API.summaries}?${new URLSearchParams(of)}`);
    } else {
      paths.push(`${HTTP.index}?${new URLSearchParams({ ...of, kind, generation })}`);
      paths.push(`${API.blob}?${new URLSearchParams({ ...of, kind })}`);
      paths.push(`${API.blob}?${new URLSearchParams({ ...of, kind, index: '0' })}`);
    }
  }
  const problems: string[] = [];
  for (const path of paths) {
    const { status, headers, body } = await scene.ask(`/${path}`);
    if (status >= 500)
      problems.push(`/${path.slice(0, 80)} is answered with ${status}: ${body.toString().slice(0, 100)}`);
    const isRecord = path.startsWith(API.blob) && !path.includes('&index=');
    if (body.length > (isRecord ? RECORD_BYTES : MOST_BYTES))
      problems.push(`/${path.slice(0, 80)} is answered with ${body.length} bytes.`);
    if (!String(headers['content-type']).startsWith('application/json')) continue;
    try {
      JSON.parse(body.toString());
    } catch {
      problems.push(`/${path.slice(0, 80)} is answered with what is not JSON.`);
    }
  }
  return problems;
}
