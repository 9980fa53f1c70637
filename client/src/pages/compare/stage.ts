/** What of a layer is compared: what it reads, its maps before or after ReLU, their gradients, or its kernels. */
import type { MapStack } from '../../drawing/map-stack.js';
import type { FrameRole } from '../run/frames/frame.js';
import type { LayerView } from '../run/frames/layers.js';
import type { Recipe } from '../run/frames/recipes.js';
import { rectifiedOf } from '../run/frames/stacks.js';
import { STAGES, type Stage } from './view.js';

const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  input: 'input',
  conv: 'conv',
  relu: 'ReLU',
  gradient: 'gradient',
  kernels: 'kernels',
};

/** What a stage shows, in the plural. */
export const STAGE_NOUNS: Readonly<Record<Stage, string>> = {
  input: 'input maps',
  conv: 'maps',
  relu: 'maps',
  gradient: 'gradients',
  kernels: 'kernels',
};

/** "conv" only where maps are those of convolutions. */
export function stageName(stage: Stage, layers: readonly LayerView[]): string {
  const isOther = ({ walk }: LayerView) => walk !== undefined && walk.description.type !== 'conv2d';
  return stage === 'conv' && layers.some(isOther) ? 'output' : STAGE_NAMES[stage];
}

/** What the channels of a stage are: "in 3", "out 3". */
export function channelName(stage: Stage, channel: number): string {
  return `${stage === 'input' ? 'in' : 'out'} ${channel}`;
}

/** Whether the maps of a layer can be shown both before and after ReLU. */
function hasRelu({ outputRole, description, walk }: LayerView): boolean {
  const described = description ?? walk?.description;
  return (
    outputRole === 'preactivation' &&
    described !== undefined &&
    'activation' in described &&
    described.activation === 'relu'
  );
}

export function hasStage(layer: LayerView, stage: Stage): boolean {
  switch (stage) {
    case 'input':
      return layer.input !== undefined || inputRecipe(layer) !== undefined;
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

/** Of a layer that reads several, the first input is compared. */
function inputRecipe({ walk }: LayerView): Recipe | undefined {
  return walk?.inputs[0]?.recipe;
}

/** Which of its inputs is shown of a layer that reads several: "the first of 2 inputs, stem". */
export function operandText({ input, walk }: LayerView, stage: Stage): string | undefined {
  const [first, ...others] = walk?.inputs ?? [];
  if (stage !== 'input' || input !== undefined || first === undefined || others.length === 0)
    return undefined;
  return `the first of ${others.length + 1} inputs, ${first.name}`;
}

/** How the maps of a stage are computed; undefined if they are a record of the frame. */
export function recipeOf(layer: LayerView, stage: Stage): Recipe | undefined {
  if (stage === 'input') return layer.input === undefined ? inputRecipe(layer) : undefined;
  return stage === 'conv' || stage === 'relu' ? layer.walk?.computed : undefined;
}

/** The part of a frame that a stage shows, or that has the step of what it is computed from. */
export function roleOf(stage: Stage, layer: LayerView | undefined): FrameRole {
  if (stage === 'kernels') return 'weight';
  if (stage === 'input') return layer?.input === undefined ? 'output' : 'input';
  return stage === 'gradient' ? 'gradient' : 'output';
}

/** Whether the layer's own ReLU is applied to what was logged. */
export function isRectified(layer: LayerView, stage: Stage): boolean {
  return stage === 'relu' && hasRelu(layer);
}

export function shownStack(stack: MapStack, layer: LayerView, stage: Stage): MapStack {
  return isRectified(layer, stage) ? rectifiedOf(stack) : stack;
}
