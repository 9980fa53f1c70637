import { HTTP } from '@convscope/shared/protocol/addresses.js';
import type { RunSummary, RunsMessage } from '@convscope/shared/protocol/live.js';

/** The runs that a hub lists. @param url of its page */
export async function runsOf(url: string): Promise<readonly RunSummary[]> {
  const { runs } = (await (await fetch(new URL(HTTP.runs, url))).json()) as RunsMessage;
  return runs;
}
