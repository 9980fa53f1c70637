/** Whether a log describes its net: by the start of a run of ours, or by a text of another writer. */
import { MODEL_TAG } from '@convscope/shared/run-description.js';
import { RUN_START_TAG } from '@convscope/shared/run-record.js';
import type { RunData } from '../../../runs/run-data.js';

/** torch's SummaryWriter adds the second half to the tags of texts. */
const MODEL_TAGS = [MODEL_TAG, `${MODEL_TAG}/text_summary`];

/** The tag of the text that describes the net, if the log has one. */
export function modelTag(data: Pick<RunData, 'tagsOfKind'>): string | undefined {
  const texts = data.tagsOfKind('text');
  return MODEL_TAGS.find((tag) => texts.includes(tag));
}

export type DescriptionState =
  /** The log has none: its layers are found by their tags. */
  | 'none'
  | 'coming'
  | 'known'
  /** The log has a run start that cannot be read. A text that cannot be read counts as none. */
  | 'unreadable';

export function descriptionOf(
  data: Pick<RunData, 'tagsOfKind' | 'blob' | 'model' | 'startError' | 'textModelError'>,
): DescriptionState {
  if (data.model !== undefined) return 'known';
  if (data.blob(RUN_START_TAG, 'run-start') !== undefined)
    return data.startError === undefined ? 'coming' : 'unreadable';
  return modelTag(data) === undefined || data.textModelError !== undefined ? 'none' : 'coming';
}
