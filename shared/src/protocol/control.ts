/**
 * What a viewer asks of the process that trains: viewer → hub → trainer over their sockets, and the trainer's answer and
 * state on the way back. Requests are applied between two steps.
 */
import type { CaptureCost, CaptureSize, CaptureSpacing, LayersAlong } from '../capture-cost.js';
import { CAPTURE_BUDGET } from '../capture-cost.js';
import { CAPTURE_STEPS_LIMITS, parseCaptureSteps } from '../capture-steps.js';
import { type NamedProbe, namedProbesSchema, PROBE_CHOICE_LIMITS } from '../probe-choice.js';
import { OCCLUSION_LIMITS, type PictureCost } from '../unit-records.js';
import { z } from '../zod.js';
import { LIMITS } from './limits.js';

export const CONTROL_LIMITS = {
  layers: 1000,
  layerNameLength: 300,
  /** Pictures that are probes at a time. */
  probes: PROBE_CHOICE_LIMITS.probes,
  /** Of a picture that a viewer brings along. */
  pictureNameLength: PROBE_CHOICE_LIMITS.nameLength,
  /** Of all pictures of one request, within `LIMITS.viewerBytes`. */
  pictureBytes: 480 * 1024,
  byLength: 100,
  sentenceLength: 1000,
} as const;

const boundedText = (most: number) => z.string().check(z.maxLength(most));
const step = z.int().check(z.nonnegative(), z.lte(CAPTURE_STEPS_LIMITS.step));

/** socket.io gives a browser an ArrayBuffer, and Node a Buffer, for what was sent as bytes. */
const bytes = z.pipe(
  z.union([z.instanceof(Uint8Array), z.instanceof(ArrayBuffer)]),
  z.transform((value: Uint8Array<ArrayBuffer> | ArrayBuffer) =>
    value instanceof Uint8Array ? value : new Uint8Array(value),
  ),
);

const captureSteps = boundedText(CAPTURE_STEPS_LIMITS.length).check(
  z.refine((text) => 'steps' in parseCaptureSteps(text), { error: 'it is not a list of steps' }),
);

/** What is left out stays as it is. */
const settingsSchema = z.object({
  every: z.optional(z.union([z.literal('auto'), step])),
  at: z.optional(captureSteps),
  /** Null for all. */
  layers: z.optional(
    z.nullable(
      z
        .array(boundedText(CONTROL_LIMITS.layerNameLength))
        .check(z.minLength(1), z.maxLength(CONTROL_LIMITS.layers)),
    ),
  ),
  gradients: z.optional(z.boolean()),
  budget: z.optional(z.number().check(z.gte(CAPTURE_BUDGET.least), z.lte(CAPTURE_BUDGET.most))),
  /** Whether nothing is captured by itself. */
  paused: z.optional(z.boolean()),
});

const probeIndex = z.int().check(z.nonnegative(), z.lt(CONTROL_LIMITS.probes));

const probeSchema = z.union([
  /** A picture of the test set. */
  z.object({ index: z.int().check(z.nonnegative()) }),
  /** The first picture of a class in the test set that is not among the probes before it. */
  z.object({ class: z.int().check(z.nonnegative()) }),
  /** A picture of the viewer's: red, green and blue of each pixel, row by row. */
  z.object({ name: boundedText(CONTROL_LIMITS.pictureNameLength), pixels: bytes }),
  /** One of the present probes, which has this name: a picture of the viewer's stays so without being sent again. */
  z.object({ probe: probeIndex, name: boundedText(PROBE_CHOICE_LIMITS.nameLength) }),
]);

export const controlRequestSchema = z.discriminatedUnion('ask', [
  /** A capture after the step that is being computed. */
  z.object({ ask: z.literal('capture') }),
  z.object({ ask: z.literal('settings'), change: settingsSchema }),
  /** Stops training between two steps, or goes on. */
  z.object({ ask: z.literal('training'), paused: z.boolean() }),
  z.object({
    ask: z.literal('probes'),
    probes: z.array(probeSchema).check(
      z.minLength(1),
      z.maxLength(CONTROL_LIMITS.probes),
      z.refine(
        (probes) =>
          probes.reduce((sum, probe) => sum + ('pixels' in probe ? probe.pixels.length : 0), 0) <=
          CONTROL_LIMITS.pictureBytes,
        { error: `the pictures are larger than ${CONTROL_LIMITS.pictureBytes} bytes` },
      ),
    ),
  }),
  /** How the probabilities of a probe change while a patch of it is covered, patch by patch. */
  z.object({
    ask: z.literal('occlusion'),
    probe: probeIndex,
    patch: z.int().check(z.positive(), z.lte(OCCLUSION_LIMITS.side)),
    stride: z.int().check(z.positive(), z.lte(OCCLUSION_LIMITS.side)),
  }),
  /** The gradient of a class score with respect to a probe; without `class`, of the class with the largest score. */
  z.object({
    ask: z.literal('saliency'),
    probe: probeIndex,
    class: z.optional(z.int().check(z.nonnegative())),
  }),
]);
export type ControlRequest = z.infer<typeof controlRequestSchema>;

/** A viewer's request, with the run that it is for. */
export const askSchema = z.object({ run: boundedText(LIMITS.runIdLength), request: controlRequestSchema });
export type Ask = z.input<typeof askSchema>;

/** The run whose trainer a viewer wants to hear of; null for none. */
export const followSchema = z.object({ run: z.nullable(boundedText(LIMITS.runIdLength)) });
export type Follow = z.infer<typeof followSchema>;

export type ControlAnswer =
  /** The sentence says what now holds, or has been done. */
  | { readonly ok: true; readonly sentence: string; readonly milliseconds?: number | undefined }
  | { readonly ok: false; readonly error: string };

export const controlAnswerSchema: z.ZodMiniType<ControlAnswer> = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    sentence: boundedText(CONTROL_LIMITS.sentenceLength),
    milliseconds: z.optional(z.number()),
  }),
  z.object({ ok: z.literal(false), error: boundedText(CONTROL_LIMITS.sentenceLength) }),
]);

export interface CaptureSettingsState {
  readonly every: number | 'auto';
  readonly at: string;
  readonly layers: readonly string[] | null;
  readonly gradients: boolean;
  readonly budget: number;
  readonly paused: boolean;
}

/** What holds in the training process. */
export interface TrainerState {
  /** Completed updates. */
  readonly step: number;
  readonly trainingPaused: boolean;
  readonly settings: CaptureSettingsState;
  /** Steps between captures now; 0 if none are made every N steps. */
  readonly every: number;
  /** Why that is more than the budget asks for; null if it is not. */
  readonly wider: CaptureSpacing | null;
  /** The next step that is captured by itself, as far as it is known. */
  readonly next: number | null;
  /** The layers that can be captured, in the order of the net. */
  readonly layers: readonly string[];
  readonly along: LayersAlong;
  readonly cost: CaptureCost;
  readonly size: CaptureSize;
  readonly stepsPerEpoch: number;
  /** How many times further apart captures are, because the log is near its size limit; null if it is full. */
  readonly stretch: number | null;
  readonly pictureCost: PictureCost;
  /** The newest capture. */
  readonly last: { readonly step: number; readonly milliseconds: number } | null;
  /** The fraction of the training time that captures have taken since the settings hold. */
  readonly share: number | null;
  readonly probes: readonly NamedProbe[];
  /** Width and height of the net's input. */
  readonly side: number;
  readonly classes: readonly string[];
  readonly testPictures: number;
}

const milliseconds = z.number();
const orNull = <T extends z.ZodMiniType>(schema: T) => z.nullable(schema);
const layerName = boundedText(CONTROL_LIMITS.layerNameLength);
const layerNames = z.array(layerName).check(z.maxLength(CONTROL_LIMITS.layers));

export const trainerStateSchema: z.ZodMiniType<TrainerState> = z.object({
  step: z.number(),
  trainingPaused: z.boolean(),
  settings: z.object({
    every: z.union([z.literal('auto'), z.number()]),
    at: boundedText(CAPTURE_STEPS_LIMITS.length),
    layers: orNull(layerNames),
    gradients: z.boolean(),
    budget: z.number(),
    paused: z.boolean(),
  }),
  every: z.number(),
  wider: orNull(
    z.object({
      asked: z.number(),
      why: z.enum(['paying-back', 'log-size', 'log-limit', 'log-full']),
      until: orNull(z.number()),
    }),
  ),
  next: orNull(z.number()),
  layers: layerNames,
  along: z.record(layerName, layerNames),
  cost: z.object({
    step: orNull(milliseconds),
    base: orNull(milliseconds),
    layers: z.record(layerName, milliseconds),
    gradients: orNull(milliseconds),
  }),
  size: z.object({
    base: z.number(),
    layers: z.record(layerName, z.number()),
    gradients: z.record(layerName, z.number()),
  }),
  stepsPerEpoch: z.number(),
  stretch: orNull(z.number()),
  pictureCost: z.object({
    forward: orNull(milliseconds),
    ofOcclusion: z.boolean(),
    saliency: orNull(milliseconds),
  }),
  last: orNull(z.object({ step: z.number(), milliseconds })),
  share: orNull(z.number()),
  probes: namedProbesSchema,
  side: z.number(),
  classes: z.array(boundedText(CONTROL_LIMITS.pictureNameLength)).check(z.maxLength(10_000)),
  testPictures: z.number(),
});

/** What the hub knows of the process that trains a run: its state, or why it cannot be asked. */
export type TrainerReport =
  | { readonly run: string; readonly state: TrainerState }
  | { readonly run: string; readonly reason: string };

export const trainerReportSchema: z.ZodMiniType<TrainerReport> = z.union([
  z.object({ run: z.string(), state: trainerStateSchema }),
  z.object({ run: z.string(), reason: z.string() }),
]);

/** A request on its way from the hub to the trainer. `by` says where it came from, without secrets. */
export const passedRequestSchema = z.object({
  runUid: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  by: boundedText(CONTROL_LIMITS.byLength),
  request: controlRequestSchema,
});
export type PassedRequest = z.infer<typeof passedRequestSchema>;

/** A trainer announces that it takes requests, and what holds now. */
export const announcedStateSchema = z.object({
  runUid: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  state: trainerStateSchema,
});

/** Text record: one line for each request, in the order in which they were applied. */
export const REQUESTS_TAG = 'convscope/requests';
