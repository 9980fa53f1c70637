/** What viewers ask of one picture, occlusion maps and saliency: done in pieces between the steps of training. */

import { millisecondsText } from '@convscope/shared/cost-text.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { ControlRequest } from '@convscope/shared/protocol/control.js';
import type { OcclusionFacts, SaliencyFacts } from '@convscope/shared/unit-facts.js';
import {
  estimateOcclusion,
  estimateSaliency,
  factsTag,
  occlusionGrid,
  occlusionTag,
  type PictureCost,
  saliencyTag,
} from '@convscope/shared/unit-records.js';
import type { Tf } from '../tfjs/tf.js';
import type { RunLog } from '../writer/run-log.js';
import type { ViewerRequest } from '../writer/viewer-requests.js';
import { frozenNetwork } from './capture/frozen-network.js';
import { createOcclusion, type Occlusion } from './capture/occlusion.js';
import { saliencyOf } from './capture/saliency.js';
import type { BatchAssembler } from './data/batches.js';
import type { ProbePicture } from './data/probes.js';
import type { TrainingData } from './data/training-data.js';
import type { Network } from './net/network.js';

export type PictureRequest = Extract<ControlRequest, { ask: 'occlusion' | 'saliency' }>;

/** Between two steps this long is worked, or half as long as a step takes if that is more. */
const PIECE_MS = 25;

export interface PictureRequestsOptions {
  readonly tf: Tf;
  readonly network: Network;
  readonly assembler: BatchAssembler;
  readonly data: Pick<TrainingData, 'test' | 'classes'>;
  readonly log: RunLog;
  /** Milliseconds of a forward pass of one picture, from the last evaluation; undefined before the first. */
  readonly forwardMilliseconds: () => number | undefined;
  /** Of a step of training; undefined before the first. */
  readonly stepMilliseconds: () => number | undefined;
  /** Reports what the work cost. */
  readonly charge: (milliseconds: number) => void;
}

export interface PictureRequests {
  /** Why a request cannot be done; undefined if it can. */
  problemOf(request: PictureRequest, probes: readonly ProbePicture[]): string | undefined;
  /** Takes the picture as it is now. It is answered when the work is done. */
  add(one: ViewerRequest, request: PictureRequest, probe: ProbePicture): void;
  /** Does a piece of what waits, with the net after `step` updates for what is begun. @returns whether something was finished */
  work(step: number): Promise<boolean>;
  isWaiting(): boolean;
  cost(): PictureCost;
  /** Refuses what is not finished. */
  end(sentence: string): void;
}

interface Waiting {
  readonly one: ViewerRequest;
  readonly request: PictureRequest;
  readonly probe: ProbePicture;
  readonly picture: Float32Array;
}

/** An occlusion map that has been begun. */
interface Begun extends Waiting {
  readonly request: PictureRequest & { ask: 'occlusion' };
  readonly step: number;
  readonly occlusion: Occlusion;
  readonly network: Network;
  pieces: number;
}

export function createPictureRequests(options: PictureRequestsOptions): PictureRequests {
  const { tf, network, assembler, data, log } = options;
  const { side } = data.test;
  const waiting: Waiting[] = [];
  let begun: Begun | undefined;
  let measured: { forward?: number; saliency?: number } = {};

  async function workOnOcclusion(job: Begun): Promise<boolean> {
    const piece = Math.max(PIECE_MS, (options.stepMilliseconds() ?? 0) / 2);
    const before = job.occlusion.milliseconds();
    job.pieces++;
    const isDone = await job.occlusion.work(piece);
    options.charge(job.occlusion.milliseconds() - before);
    if (!isDone) return false;
    finishOcclusion(job);
    begun = undefined;
    job.network.dispose();
    return true;
  }

  function finishOcclusion({ occlusion, request, step, probe, one, pieces }: Begun): void {
    const { patch, stride } = request;
    const tag = occlusionTag(request.probe);
    const base = occlusion.base();
    const probabilities = occlusion.probabilities();
    const patches = probabilities.length / base.length;
    const rows = Math.round(Math.sqrt(patches));
    const milliseconds = occlusion.milliseconds();
    // The mean, not the quickest: the next one takes as long.
    measured = { ...measured, forward: milliseconds / (patches + 1) };
    const facts: OcclusionFacts = {
      version: 1,
      index: probe.index,
      name: probe.name,
      milliseconds,
      patch,
      stride,
      base: [...base],
      pieces,
    };
    log.tensor(tag, step, 'float32', [base.length, rows, rows], probabilities);
    log.text(factsTag(tag), step, JSON.stringify(facts));
    one.answer({
      ok: true,
      sentence: `Covered ${patches} patches of probe ${request.probe} (${probe.name}) with the net of step ${step}: ${millisecondsText(milliseconds)}, in ${pieces} ${pieces === 1 ? 'piece' : 'pieces'}.`,
      milliseconds,
    });
  }

  async function findSaliency(job: Waiting, step: number): Promise<void> {
    const { one, probe, picture, request } = job;
    const wanted = request.ask === 'saliency' ? request.class : undefined;
    const started = performance.now();
    const found = await saliencyOf(tf, network, picture, side, wanted);
    const milliseconds = performance.now() - started;
    options.charge(milliseconds);
    measured = { ...measured, saliency: milliseconds };
    const { gradient, score, probability } = found;
    const tag = saliencyTag(request.probe, found.class);
    const facts: SaliencyFacts = {
      version: 1,
      index: probe.index,
      name: probe.name,
      milliseconds,
      class: found.class,
      score,
      probability,
    };
    log.tensor(tag, step, 'float32', [3, side, side], gradient);
    log.text(factsTag(tag), step, JSON.stringify(facts));
    const name = data.classes[found.class] ?? `class ${found.class}`;
    one.answer({
      ok: true,
      sentence: `The gradient of ${name} for probe ${request.probe} (${probe.name}) at step ${step} took ${millisecondsText(milliseconds)}.`,
      milliseconds,
    });
  }

  async function begin(next: Waiting, step: number): Promise<boolean> {
    const { request, picture } = next;
    if (request.ask === 'saliency') {
      await findSaliency(next, step);
      return true;
    }
    const grid = occlusionGrid(side, request.patch, request.stride);
    if (typeof grid === 'string') throw new Error(grid);
    const frozen = frozenNetwork(tf, network);
    const occlusion = createOcclusion(tf, frozen, picture, side, grid);
    begun = { ...next, request, step, occlusion, network: frozen, pieces: 0 };
    return workOnOcclusion(begun);
  }

  /** What fails for a viewer's request must not end the training. */
  async function orRefused({ one }: Waiting, work: Promise<boolean>): Promise<boolean> {
    try {
      return await work;
    } catch (error) {
      begun?.network.dispose();
      begun = undefined;
      one.answer({ ok: false, error: `This could not be computed: ${messageOf(error)}` });
      return true;
    }
  }

  return {
    problemOf(request, probes) {
      if (request.probe >= probes.length)
        return `There is no probe ${request.probe}: there are ${probes.length}, from 0.`;
      if (request.ask === 'occlusion') {
        const grid = occlusionGrid(side, request.patch, request.stride);
        return typeof grid === 'string' ? grid : undefined;
      }
      const { classes } = data;
      return request.class !== undefined && request.class >= classes.length
        ? `There is no class ${request.class}: there are ${classes.length}, from 0.`
        : undefined;
    },
    add(one, request, probe) {
      const set = { side, planes: [probe.planes], labels: new Uint8Array(1) };
      // A copy, since the assembler uses its array again.
      waiting.push({ one, request, probe, picture: assembler.assemble(set, [0]).slice() });
    },
    async work(step) {
      if (begun !== undefined) return orRefused(begun, workOnOcclusion(begun));
      const next = waiting.shift();
      return next === undefined ? false : orRefused(next, begin(next, step));
    },
    isWaiting: () => begun !== undefined || waiting.length > 0,
    cost: () => ({
      forward: measured.forward ?? options.forwardMilliseconds() ?? null,
      ofOcclusion: measured.forward !== undefined,
      saliency: measured.saliency ?? null,
    }),
    end(sentence) {
      for (const { one } of [...(begun === undefined ? [] : [begun]), ...waiting])
        one.answer({ ok: false, error: sentence });
      begun?.network.dispose();
      begun = undefined;
      waiting.length = 0;
    },
  };
}

/** The request in words, for the log, with what it is expected to cost. */
export function wordsOfPictureRequest(
  request: PictureRequest,
  cost: PictureCost,
  { test, classes }: PictureRequestsOptions['data'],
): string {
  if (request.ask === 'saliency') {
    const { class: wanted } = request;
    const of = wanted === undefined ? 'the predicted class' : (classes[wanted] ?? `class ${wanted}`);
    return `saliency of probe ${request.probe} for ${of}${expected(estimateSaliency(cost))}`;
  }
  const { patch, stride } = request;
  const grid = occlusionGrid(test.side, patch, stride);
  const milliseconds = typeof grid === 'string' ? undefined : estimateOcclusion(cost, grid);
  return `occlusion of probe ${request.probe}, patch ${patch}, stride ${stride}${expected(milliseconds)}`;
}

function expected(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '' : `, about ${millisecondsText(milliseconds)}`;
}
