/** The layers of a graph as a tree: names with slashes are scopes in scopes. */
import { type Graph, readGraphDef } from '@convscope/shared/event-log/graph-def.js';
import { readStrings } from '@convscope/shared/event-log/plugin-strings.js';

export interface Layer {
  /** The last part of its name. */
  readonly name: string;
  /** What it computes; empty for a scope. */
  readonly op: string;
  /** Shapes of its outputs, such as `1×3×32×32`. */
  readonly shapes: readonly string[];
  readonly inputs: readonly string[];
  readonly parts: readonly Layer[];
  /** Operations in it, itself included. */
  readonly count: number;
}

interface Growing {
  name: string;
  op: string;
  shapes: string[];
  inputs: readonly string[];
  parts: Map<string, Growing>;
}

/** Scopes in scopes. */
const DEEPEST = 64;
/** The JSON of a model of Keras. */
const MODEL_BYTES = 16 * 1024 * 1024;

function growing(name: string): Growing {
  return { name, op: '', shapes: [], inputs: [], parts: new Map() };
}

function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.map((size) => (size < 0 ? '?' : size)).join('×');
}

function finished({ parts, ...rest }: Growing): Layer {
  const layers = [...parts.values()].map(finished);
  const count = layers.reduce((sum, layer) => sum + layer.count, rest.op === '' ? 0 : 1);
  return { ...rest, parts: layers, count };
}

export function treeOf({ nodes }: Graph): readonly Layer[] {
  const root = growing('');
  for (const { name, op, inputs, shapes } of nodes) {
    let at = root;
    const path = name.split('/');
    const steps =
      path.length > DEEPEST ? [...path.slice(0, DEEPEST - 1), path.slice(DEEPEST - 1).join('/')] : path;
    for (const step of steps) {
      let next = at.parts.get(step);
      if (next === undefined) {
        next = growing(step);
        at.parts.set(step, next);
      }
      at = next;
    }
    at.op = op;
    at.inputs = inputs;
    at.shapes = shapes.map(shapeText);
  }
  return finished(root).parts;
}

/** @throws an error with a sentence */
export function layersOf(
  content: Uint8Array,
  plugin: string,
): { readonly layers: readonly Layer[]; readonly left: number } {
  if (plugin === 'graph_keras_model') return { layers: kerasLayers(content), left: 0 };
  const graph = readGraphDef(content);
  return { layers: treeOf(graph), left: graph.left };
}

/** The layers of a model of Keras, which is logged as the JSON of `model.to_json()`. */
function kerasLayers(content: Uint8Array): Layer[] {
  const [json] = readStrings(content).strings;
  if (json === undefined || json.length > MODEL_BYTES)
    throw new Error('The record holds no model that can be read.');
  const model: unknown = JSON.parse(new TextDecoder().decode(json));
  return layersIn(model, 0);
}

function layersIn(model: unknown, depth: number): Layer[] {
  const layers = field(field(model, 'config'), 'layers');
  if (!Array.isArray(layers) || depth > DEEPEST) return [];
  return layers.map((layer: unknown): Layer => {
    const config = field(layer, 'config');
    const parts = layersIn(layer, depth + 1);
    const shape = field(config, 'batch_input_shape') ?? field(config, 'batch_shape');
    const sizes = Array.isArray(shape)
      ? shape.map((size) => (typeof size === 'number' ? size : -1))
      : undefined;
    return {
      name: String(field(config, 'name') ?? 'layer'),
      op: [field(layer, 'class_name') ?? 'Layer', ...detailsOf(config)].join(' '),
      shapes: sizes === undefined ? [] : [`in ${shapeText(sizes)}`],
      inputs: [],
      parts,
      count: parts.reduce((sum, part) => sum + part.count, 1),
    };
  });
}

/** What a layer of Keras is known by. */
function detailsOf(config: unknown): string[] {
  return ['filters', 'units', 'kernel_size', 'strides', 'activation', 'rate'].flatMap((name) => {
    const value = field(config, name);
    const isShown = typeof value === 'number' || typeof value === 'string' || Array.isArray(value);
    return isShown ? [`${name}=${Array.isArray(value) ? value.join('×') : value}`] : [];
  });
}

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null && Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined;
}
