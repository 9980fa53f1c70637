/** Does what viewers ask of the training process, between two steps, and tells them what holds. */
import { captureShare, estimateCapture, withLayersAlong } from '@convscope/shared/capture-cost.js';
import { millisecondsText, shareText } from '@convscope/shared/cost-text.js';
import {
  type CaptureSettingsState,
  type ControlAnswer,
  type ControlRequest,
  REQUESTS_TAG,
  type TrainerState,
} from '@convscope/shared/protocol/control.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import type { RunLog } from '../writer/run-log.js';
import type { ViewerRequest, ViewerRequests } from '../writer/viewer-requests.js';
import type { CaptureSchedule } from './capture/capture-schedule.js';
import type { CaptureTimes, CostMeter } from './capture/cost-meter.js';
import type { Tap } from './capture/tap.js';
import { type ProbePicture, planesOf, testPicture } from './data/probes.js';
import type { TrainingData } from './data/training-data.js';
import type { PictureRequests } from './picture-requests.js';
import { wordsOf } from './request-words.js';
import { scheduleSettings } from './schedule-settings.js';

export interface RequestDeskOptions {
  readonly viewers: ViewerRequests;
  readonly schedule: CaptureSchedule;
  readonly settings: CaptureSettingsState;
  readonly stepsPerEpoch: number;
  readonly tap: Tap;
  readonly meter: CostMeter;
  readonly pictures: PictureRequests;
  readonly data: Pick<TrainingData, 'test' | 'classes'>;
  readonly log: RunLog;
  readonly signal: AbortSignal;
  /** Captures now. */
  readonly capture: () => Promise<CaptureTimes>;
}

export interface RequestDesk {
  /** What holds now. */
  settings(): CaptureSettingsState;
  /** Does what has been asked. While training is paused, resolves when it goes on. */
  attend(step: number): Promise<void>;
  /** Whether a viewer asked for a capture of this step. */
  wantsCapture(step: number): boolean;
  /** Logs how many steps apart captures are by themselves, 0 while they are paused. */
  logEvery(step: number): void;
  /** A capture was made, by itself or because it was asked for. */
  captured(step: number, times: CaptureTimes): void;
  /** The first evaluation is made, so that the cost of work on one picture is known. */
  evaluatedFirst(step: number): void;
  /** Refuses what is still waiting, and all that comes. */
  end(sentence: string): void;
}

const LOG_IS_FULL =
  'The log has reached its size limit, so nothing is captured any more. Train with a larger --max-log-mb.';

export function createRequestDesk(options: RequestDeskOptions): RequestDesk {
  const { viewers, schedule, tap, meter, pictures, data, log, signal } = options;
  let settings = options.settings;
  let trainingPaused = false;
  let last: TrainerState['last'] = null;
  /** Whether the probes are others than those of the last capture, which holds for the step that it was of. */
  let otherProbes = false;
  /** Those who wait for a capture. */
  let waiting: ViewerRequest[] = [];
  /** Whether the next step is captured because the probes were changed at this one, and nobody waits for it. */
  let owesCapture = false;
  /** The lines of the log at the newest step with a request: a record replaces an earlier one of its step. */
  let lines: { step: number; texts: string[] } = { step: -1, texts: [] };

  function logBudget(step: number): void {
    log.scalar(SCALAR_TAGS.captureBudget, step, settings.every === 'auto' ? settings.budget / 100 : 0);
  }

  function logEvery(step: number): void {
    log.scalar(SCALAR_TAGS.captureEvery, step, settings.paused ? 0 : schedule.every());
  }

  function announce(step: number): void {
    viewers.announce({
      step,
      trainingPaused,
      settings,
      every: schedule.every(),
      wider: schedule.wider(step),
      next: schedule.nextAfter(step) ?? null,
      layers: tap.layers,
      along: tap.along,
      cost: meter.cost(schedule.stepMilliseconds()),
      size: tap.size(),
      stepsPerEpoch: options.stepsPerEpoch,
      stretch: schedule.isFull() ? null : schedule.stretch(),
      pictureCost: pictures.cost(),
      last,
      share: schedule.share() ?? null,
      probes: tap.probes.map(({ index, label, name }) => ({ index, label, name })),
      side: data.test.side,
      classes: data.classes,
      testPictures: data.test.labels.length,
    });
  }

  function write(step: number, by: string, request: ControlRequest): void {
    if (lines.step !== step) lines = { step, texts: [] };
    lines.texts.push(`${new Date().toISOString()} ${by}: ${wordsOf(request, options)}`);
    log.text(REQUESTS_TAG, step, lines.texts.join('\n\n'));
  }

  function apply(step: number, one: ViewerRequest): void {
    const { request } = one;
    const problem = problemOf(request);
    if (problem !== undefined) {
      one.answer({ ok: false, error: problem });
      return;
    }
    write(step, one.by, request);
    switch (request.ask) {
      case 'capture':
        waiting.push(one);
        return;
      case 'settings':
        one.answer(change(step, request.change));
        return;
      case 'training':
        trainingPaused = request.paused;
        one.answer({
          ok: true,
          sentence: trainingPaused
            ? `Training is paused at step ${step}.`
            : `Training goes on from step ${step}.`,
        });
        return;
      case 'probes':
        showProbes(request);
        waiting.push(one);
        return;
      case 'occlusion':
      case 'saliency':
        pictures.add(one, request, tap.probes[request.probe]!);
    }
  }

  function showProbes(request: ControlRequest & { ask: 'probes' }): void {
    const pictures = picturesOf(request);
    if (typeof pictures === 'string') throw new Error(pictures);
    tap.show(pictures);
    otherProbes = true;
  }

  /** Why a request cannot be done; undefined if it can. */
  function problemOf(request: ControlRequest): string | undefined {
    const { side, labels } = data.test;
    if (schedule.isFull() && (request.ask === 'capture' || request.ask === 'probes')) return LOG_IS_FULL;
    if (request.ask === 'settings') {
      const unknown = request.change.layers?.find((name) => !tap.layers.includes(name));
      return unknown === undefined ? undefined : `The net has no conv layer ${JSON.stringify(unknown)}.`;
    }
    if (request.ask === 'occlusion' || request.ask === 'saliency')
      return otherProbes
        ? 'The probes have just been changed. Ask again when they have been captured.'
        : pictures.problemOf(request, tap.probes);
    if (request.ask !== 'probes') return undefined;
    for (const probe of request.probes) {
      if ('index' in probe && probe.index >= labels.length)
        return `There is no picture ${probe.index}: the test set has ${labels.length}, from 0.`;
      if ('pixels' in probe && probe.pixels.length !== 3 * side * side)
        return `The net takes pictures of ${side} × ${side} pixels, ${3 * side * side} bytes, not ${probe.pixels.length}.`;
    }
    const chosen = picturesOf(request);
    if (typeof chosen === 'string') return chosen;
    return undefined;
  }

  /** The pictures of a request, or a sentence about one that there is not. */
  function picturesOf({ probes }: ControlRequest & { ask: 'probes' }): ProbePicture[] | string {
    const { test, classes } = data;
    const pictures: ProbePicture[] = [];
    for (const probe of probes) {
      if ('pixels' in probe)
        pictures.push({ index: null, label: null, name: probe.name, planes: planesOf(probe.pixels) });
      else if ('index' in probe) pictures.push(testPicture(test, classes, probe.index));
      else if ('probe' in probe) {
        const present = tap.probes[probe.probe];
        // Somebody else may have changed them since this was asked.
        if (present?.name !== probe.name)
          return `Probe ${probe.probe} is not ${JSON.stringify(probe.name)} any more. Ask again.`;
        pictures.push(present);
      } else {
        const taken = new Set(pictures.map(({ index }) => index));
        const index = test.labels.findIndex((label, i) => label === probe.class && !taken.has(i));
        if (index < 0) {
          const name = classes[probe.class];
          return name === undefined
            ? `There is no class ${probe.class}.`
            : `The test set has no further picture of class ${name}.`;
        }
        pictures.push(testPicture(test, classes, index));
      }
    }
    return pictures;
  }

  function change(step: number, wanted: (ControlRequest & { ask: 'settings' })['change']): ControlAnswer {
    const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    settings = { ...settings, ...given };
    logBudget(step);
    tap.choose(settings);
    schedule.change(scheduleSettings(settings, tap), step, expectedMilliseconds());
    logEvery(step);
    return { ok: true, ...said() };
  }

  /** Of a capture with these settings; undefined if that is not known. */
  function expectedMilliseconds(): number | undefined {
    return estimateCapture(meter.cost(undefined), withLayersAlong(settings, tap.along));
  }

  /** What now holds, with its expected cost. */
  function said(): { sentence: string; milliseconds?: number } {
    const { step } = meter.cost(schedule.stepMilliseconds());
    const milliseconds = expectedMilliseconds();
    const every = schedule.every();
    const sentence = schedule.isFull()
      ? LOG_IS_FULL
      : settings.paused
        ? 'Nothing is captured until captures go on.'
        : every === 0
          ? settings.at === ''
            ? 'Nothing is captured by itself.'
            : `Captures at ${settings.at}.`
          : `A capture every ${every} steps${settings.every === 'auto' ? `, within ${settings.budget} % of the training time` : ''}.`;
    if (milliseconds === undefined || step === null || every === 0) return { sentence };
    const share = shareText(captureShare(milliseconds, every, step));
    return {
      sentence: `${sentence} One costs about ${millisecondsText(milliseconds)}: ${share} of the training time.`,
      milliseconds,
    };
  }

  /** The maps of other probes would replace those that were captured of the step. */
  const isTaken = (step: number): boolean => otherProbes && last?.step === step;

  /** Nobody waits for the next step while training is paused. */
  function putOff(step: number): void {
    if (!trainingPaused || waiting.length === 0 || !isTaken(step)) return;
    const sentence = `Step ${step} was captured before the probes were changed. They are captured at the next step, when training goes on.`;
    for (const one of waiting) one.answer({ ok: true, sentence });
    waiting = [];
    owesCapture = true;
  }

  async function attend(step: number): Promise<void> {
    let asked = false;
    for (let one = viewers.take(); one !== undefined; one = viewers.take()) {
      apply(step, one);
      asked = true;
    }
    putOff(step);
    if (await pictures.work(step)) asked = true;
    if (asked) announce(step);
  }

  return {
    settings: () => settings,
    async attend(step) {
      if (last === null && step === 0) announce(step);
      await attend(step);
      while (trainingPaused && !signal.aborted) {
        if (this.wantsCapture(step)) await options.capture();
        // Between pieces of work the event loop takes what has arrived.
        if (pictures.isWaiting()) await new Promise((resolve) => setImmediate(resolve));
        else await viewers.arrived(signal);
        await attend(step);
      }
    },
    wantsCapture: (step) => (waiting.length > 0 || owesCapture) && !isTaken(step),
    logEvery,
    captured(step, { total }) {
      last = { step, milliseconds: total };
      logBudget(step);
      otherProbes = false;
      owesCapture = false;
      const sentence = `Captured step ${step} in ${millisecondsText(total)}.`;
      for (const one of waiting) one.answer({ ok: true, sentence, milliseconds: total });
      waiting = [];
      announce(step);
    },
    evaluatedFirst: announce,
    end(sentence) {
      for (const one of waiting) one.answer({ ok: false, error: sentence });
      waiting = [];
      pictures.end(sentence);
      viewers.end(sentence);
    },
  };
}
