/** Matches the channels of two sides in a worker, when it is asked to, and keeps the newest results. */
import type { ChannelMatch } from '@convscope/shared/channels/match-channels.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { createAskedWorker } from '../../ui/asked-worker.js';
import { createStore } from '../../ui/store.js';
import { floatsOf } from '../run/frames/stacks.js';
import type { ComparedSide } from './comparison.js';
import type { MatchQuestion } from './match-job.js';
import { type PicturePair, pairPictures } from './pictures.js';
import { comparedSide, type SideState } from './side.js';
import { shownStack } from './stage.js';
import { stackAt } from './stage-maps.js';
import type { SideName } from './view.js';

const LIMIT_MS = 20_000;

const askWorker = createAskedWorker<MatchQuestion, ChannelMatch>({
  start: () => new Worker(new URL('./match-worker.ts', import.meta.url), { type: 'module' }),
  here: async (question) => (await import('./match-job.js')).answerMatch(question),
  limitMs: LIMIT_MS,
  tooLong: `Matching the channels takes longer than ${LIMIT_MS / 1000} s.`,
});

/** The match, or why there is none. */
type MatchResult = { readonly match: ChannelMatch } | { readonly error: string };

/** How the channels of B were paired; undefined if they are paired by number. */
export type Matched =
  | { readonly status: 'busy' }
  | { readonly status: 'failed'; readonly why: string }
  | {
      readonly status: 'done';
      readonly match: ChannelMatch;
      /** The number of pictures. */
      readonly pictures: number;
      readonly stepA: number;
      readonly stepB: number;
    };

const BUSY: Matched = { status: 'busy' };

/** The maps that a layer reads, or those after its ReLU, where there is one: what the next layer reads. */
type MatchedStage = 'input' | 'relu';

/** Results to keep: enough to scrub back and forth. */
const MOST_KEPT = 32;

export class Matching {
  readonly matched = createStore<Matched | undefined>(undefined);
  readonly #ask: (question: MatchQuestion) => Promise<ChannelMatch>;
  readonly #arrived: () => void;
  readonly #results = new Map<string, MatchResult>();
  /** Whether the worker has a question. */
  #isAsked = false;

  constructor(arrived: () => void, ask = askWorker) {
    this.#arrived = arrived;
    this.#ask = ask;
  }

  /** The channels are paired by number. */
  off(): void {
    this.matched.set(undefined);
  }

  /** Pairs the channels of the maps of a stage, over all pictures that both sides show, or over those that were chosen. */
  update(
    a: SideState,
    b: SideState,
    stage: MatchedStage,
    probes: { readonly a: number | undefined; readonly b: number | undefined },
  ): void {
    const [ofA, ofB] = [comparedSide(a, stage), comparedSide(b, stage)];
    const [stepA, stepB] = [a.frame?.output?.step, b.frame?.output?.step];
    if (ofA === undefined || ofB === undefined || stepA === undefined || stepB === undefined) {
      this.matched.set(BUSY);
      return;
    }
    const [first = 0] = ofA.maps.probes;
    const pairs =
      probes.b === undefined ? pairPictures(ofA, ofB).pairs : [{ a: probes.a ?? first, b: probes.b }];
    const [sizeA, sizeB] = [ofA, ofB].map(({ maps }) => maps.shape.slice(-2).join('×'));
    if (pairs.length === 0) this.#fail('A and B have no picture in common.');
    else if (sizeA !== sizeB) this.#fail(`The maps of A are ${sizeA} and those of B ${sizeB}.`);
    else {
      const key = [stage, captureOf(a), captureOf(b), ...pairs.map((pair) => `${pair.a}:${pair.b}`)].join(
        '\n',
      );
      const result = this.#of(key, stage, ofA, ofB, pairs);
      if (result === undefined) this.matched.set(BUSY);
      else if ('error' in result) this.#fail(result.error);
      else this.#succeed({ status: 'done', ...result, pictures: pairs.length, stepA, stepB });
    }
  }

  #fail(why: string): void {
    const before = this.matched.get();
    if (before?.status !== 'failed' || before.why !== why) this.matched.set({ status: 'failed', why });
  }

  #succeed(next: Extract<Matched, { readonly status: 'done' }>): void {
    const before = this.matched.get();
    const isSame =
      before?.status === 'done' &&
      before.match === next.match &&
      before.stepA === next.stepA &&
      before.stepB === next.stepB;
    if (!isSame) this.matched.set(next);
  }

  /** The match of two captures; undefined while it is being computed. */
  #of(
    key: string,
    stage: MatchedStage,
    a: ComparedSide,
    b: ComparedSide,
    pairs: readonly PicturePair[],
  ): MatchResult | undefined {
    const known = this.#results.get(key);
    if (known !== undefined || this.#isAsked) return known;
    this.#isAsked = true;
    this.#ask({ a: mapsOf(a, stage, pairs, 'a'), b: mapsOf(b, stage, pairs, 'b') }).then(
      (match) => this.#settle(key, { match }),
      (error: unknown) => this.#settle(key, { error: messageOf(error) }),
    );
    return undefined;
  }

  #settle(key: string, result: MatchResult): void {
    this.#results.set(key, result);
    const [oldest] = this.#results.keys();
    if (this.#results.size > MOST_KEPT && oldest !== undefined) this.#results.delete(oldest);
    this.#isAsked = false;
    this.#arrived();
  }
}

function captureOf({ frame, layer }: SideState): string {
  return [frame?.run, frame?.generation, layer?.output.tag, frame?.output?.row].join('\n');
}

function mapsOf(
  side: ComparedSide,
  stage: MatchedStage,
  pairs: readonly PicturePair[],
  of: SideName,
): MatchQuestion['a'] {
  const stacks = pairs.flatMap((pair) => {
    const stack = stackAt(side.maps, stage, pair[of]);
    return stack === undefined ? [] : [shownStack(stack, side.layer, stage)];
  });
  return { channels: stacks[0]?.shape[0] ?? 0, pictures: stacks.map(floatsOf) };
}
