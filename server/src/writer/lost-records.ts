/** Counts what of a run's log was lost, by what it was, and says it in a sentence. */
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import type { RecordKind, Step } from '@convscope/shared/run-record.js';

/** Singular and plural, in the order in which they are said. */
const WORDS = {
  loss: ['loss', 'losses'],
  scalar: ['other scalar', 'other scalars'],
  maps: ['map', 'maps'],
  tensor: ['tensor', 'tensors'],
  histogram: ['histogram', 'histograms'],
  text: ['text', 'texts'],
  start: ['description of the run', 'descriptions of the run'],
  end: ['end of the run', 'ends of the run'],
  other: ['other record', 'other records'],
} as const;
type What = keyof typeof WORDS;

export interface Loss {
  readonly what: What;
  readonly count: number;
  /** The first and last step that were lost. */
  readonly from: Step;
  readonly to: Step;
}

export interface LossCount {
  /** Adds what another count has. */
  addAll(losses: readonly Loss[]): void;
  add(record: { readonly kind: RecordKind; readonly tag: string; readonly step: Step }): void;
  /** Counts the records of one event. */
  addEvent(data: Uint8Array): void;
  losses(): readonly Loss[];
}

export function createLossCount(): LossCount {
  const counts = new Map<What, { count: number; from: Step; to: Step }>();

  function add({ kind, tag, step }: Parameters<LossCount['add']>[0]): void {
    const what = whatIs(kind, tag);
    const known = counts.get(what);
    counts.set(what, { count: (known?.count ?? 0) + 1, from: known?.from ?? step, to: step });
  }

  function addEvent(data: Uint8Array): void {
    const { step, values } = decodeEvent(data);
    for (const { kind, tag } of values) add({ kind, tag, step });
  }

  return {
    add,
    addEvent,
    addAll(losses) {
      for (const { what, count, from, to } of losses) {
        const known = counts.get(what);
        if (known === undefined) counts.set(what, { count, from, to });
        else
          counts.set(what, {
            count: known.count + count,
            from: from < known.from ? from : known.from,
            to: to > known.to ? to : known.to,
          });
      }
    },
    losses: () =>
      (Object.keys(WORDS) as What[]).flatMap((what) => {
        const found = counts.get(what);
        return found === undefined ? [] : [{ what, ...found }];
      }),
  };
}

function whatIs(kind: RecordKind, tag: string): What {
  switch (kind) {
    case 'scalar':
      return tag === SCALAR_TAGS.trainLoss ? 'loss' : 'scalar';
    case 'channels':
    case 'image':
      return 'maps';
    case 'tensor':
    case 'histogram':
    case 'text':
      return kind;
    case 'run-start':
      return 'start';
    case 'run-end':
      return 'end';
    default:
      return 'other';
  }
}

/** Such as "110 losses (steps 10 to 119), 1 map (step 100)"; empty when nothing is lost. */
export function lossSentence(losses: readonly Loss[]): string {
  return losses
    .map(({ what, count, from, to }) => {
      const steps = from === to ? `step ${from}` : `steps ${from} to ${to}`;
      return `${count} ${WORDS[what][count === 1 ? 0 : 1]} (${steps})`;
    })
    .join(', ');
}
