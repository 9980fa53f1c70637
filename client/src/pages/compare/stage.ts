/** What of a layer is compared: its maps before or after ReLU, their gradients, or its kernels. */
import type { MapStack } from '../../drawing/map-stack.js';
import type { FrameRole, MapRecord } from '../run/frames/frame.js';
import type { LayerView } from '../run/frames/layers.js';
import { rectifiedOf, stackOf } from '../run/frames/stacks.js';
import { kernelTiles } from './kernel-tiles.js';
import { STAGES, type Stage } from './view.js';

export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  conv: 'conv',
  relu: 'ReLU',
  gradient: 'gradient',
  kernels: 'kernels',
};

/** What a stage shows, in the plural. */
export const STAGE_NOUNS: Readonly<Record<Stage, string>> = {
  conv: 'maps',
  relu: 'maps',
  gradient: 'gradients',
  kernels: 'kernels',
};

/** Whether the maps of a layer can be shown both before and after ReLU. */
function hasRelu({ outputRole, description }: LayerView): boolean {
  return outputRole === 'preactivation' && description?.activation === 'relu';
}

export function hasStage(layer: LayerView, stage: Stage): boolean {
  switch (stage) {
    case 'conv':
      return true;
    case 'relu':
      return hasRelu(layer);
    case 'gradient':
      return layer.gradient !== undefined;
    case 'kernels':
      return layer.weight !== undefined;
  }
}

/** The stages that at least one of the layers has. */
export function stagesOf(layers: readonly LayerView[]): readonly Stage[] {
  return STAGES.filter((stage) => layers.some((layer) => hasStage(layer, stage)));
}

/** The stage to show: the one that is asked for, if a layer has it. */
export function stageFor(asked: Stage, layers: readonly LayerView[]): Stage {
  const stages = stagesOf(layers);
  return stages.includes(asked) ? asked : 'conv';
}

export function roleOf(stage: Stage): FrameRole {
  if (stage === 'kernels') return 'weight';
  return stage === 'gradient' ? 'gradient' : 'output';
}

/** Whether ReLU is applied to what was logged. */
export function isRectified(layer: LayerView, stage: Stage): boolean {
  return stage === 'relu' && hasRelu(layer);
}

/** The maps that are logged, before ReLU. Undefined if the record does not show the picture, or holds no maps. */
export function loggedStack(record: MapRecord, stage: Stage, probe: number): MapStack | undefined {
  if (stage !== 'kernels') return stackOf(record, probe);
  return record.kind === 'tensor' ? kernelTiles(record)?.stack : undefined;
}

export function shownStack(stack: MapStack, layer: LayerView, stage: Stage): MapStack {
  return isRectified(layer, stage) ? rectifiedOf(stack) : stack;
}
