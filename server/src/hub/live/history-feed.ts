/** Has new captures judged as they come, and sends what they say about their channels to the viewers that want it. */
import type { LiveHistory } from '@convscope/shared/protocol/live.js';
import { type CaptureHistory, hasHistory } from '../../capture-history/capture-history.js';
import type { Column, Run } from '../../logdir/run.js';
import type { Viewer } from './viewer.js';

/** Judgements wait so long for those of the other layers, so that they are sent in one message. */
const GATHER_MS = 100;

export interface HistoryFeedOptions {
  readonly history: Pick<CaptureHistory, 'judge'>;
  readonly send: (viewers: readonly Viewer[], judged: LiveHistory) => void;
  /** Called when `send` has something to send. */
  readonly due: () => void;
}

interface Judged {
  readonly run: Run;
  readonly generation: number;
  readonly column: Column;
  readonly row: number;
  readonly duplicates: boolean;
  readonly block: Uint8Array;
}

/** A viewer that cannot be sent to is left out: it knows the rows, and asks over HTTP for what it lacks. */
export class HistoryFeed {
  readonly #options: HistoryFeedOptions;
  #judging = 0;
  #judged: Judged[] = [];
  /** When the first of `#judged` came. */
  #since = 0;

  constructor(options: HistoryFeedOptions) {
    this.#options = options;
  }

  /** Call with the newest row of a column; `bytes` are its event's, valid during the call. */
  blob(run: Run, column: Column, bytes: Uint8Array, viewers: Iterable<Viewer>): void {
    if (!hasHistory(column.kind)) return;
    const wanted = new Set<boolean>();
    for (const { mapsOf, histories } of viewers) {
      const duplicates = mapsOf === run.id ? histories.get(column.tag) : undefined;
      if (duplicates !== undefined) wanted.add(duplicates);
    }
    for (const duplicates of wanted) this.#judge(run, column, duplicates, bytes);
  }

  /** Sends what has been judged to the viewers that have room, unless there is soon more. */
  send(viewers: Iterable<Viewer>): void {
    if (this.#judged.length === 0) return;
    if (this.#judging > 0 && performance.now() - this.#since < GATHER_MS) return;
    const judged = this.#judged.filter(({ run, column }) => run.owns(column));
    this.#judged = [];
    const together = new Map<string, { readonly wanted: readonly Judged[]; readonly viewers: Viewer[] }>();
    for (const viewer of viewers) {
      if (viewer.room <= 0 || viewer.histories.size === 0) continue;
      const places = [...judged.keys()].filter((at) => wants(viewer, judged[at]!));
      if (places.length === 0) continue;
      const key = places.join();
      const group = together.get(key) ?? { wanted: places.map((at) => judged[at]!), viewers: [] };
      together.set(key, group);
      group.viewers.push(viewer);
    }
    for (const { wanted, viewers } of together.values()) {
      const message = messageOf(wanted);
      for (const viewer of viewers) viewer.room -= message.blocks.length;
      this.#options.send(viewers, message);
    }
  }

  #judge(run: Run, column: Column, duplicates: boolean, bytes: Uint8Array): void {
    const judging = this.#options.history.judge(run, column, duplicates, bytes);
    if (judging === null) return;
    const { generation } = run;
    const row = column.rows - 1;
    this.#judging++;
    void judging.then((block) => {
      this.#judging--;
      if (block !== null) {
        if (this.#judged.length === 0) this.#since = performance.now();
        this.#judged.push({ run, generation, column, row, duplicates, block });
      }
      if (this.#judging === 0 && this.#judged.length > 0) this.#options.due();
    });
  }
}

/** All of one run, since a viewer is sent the captures of one run only. */
function messageOf(judged: readonly Judged[]): LiveHistory {
  const { run, generation } = judged[0]!;
  return {
    run: run.id,
    generation,
    captures: judged.map(({ column: { tag, kind }, row, duplicates, block }) => ({
      ...{ tag, kind, row, duplicates },
      length: block.length,
    })),
    blocks: Buffer.concat(judged.map(({ block }) => block)),
  };
}

function wants({ mapsOf, histories }: Viewer, { run, column, duplicates }: Judged): boolean {
  return mapsOf === run.id && histories.get(column.tag) === duplicates;
}
