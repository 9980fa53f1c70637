/**
 * Reads what a layer list needs of a tensorflow.GraphDef (framework/graph.proto, node_def.proto, attr_value.proto), as TensorFlow
 * and torch's add_graph write it: names, operations, inputs and output shapes. Weights in it are passed over.
 */
import { NAME_BYTES, TAG_BYTES } from './limits.js';
import { BYTES, MalformedEventError, VARINT, WireReader } from './wire-reader.js';

export interface GraphNode {
  readonly name: string;
  /** Such as `Conv2D` or `aten::_convolution`. */
  readonly op: string;
  readonly inputs: readonly string[];
  /** The shape of each output; −1 for a size that is not known. Empty if the graph does not say. */
  readonly shapes: readonly (readonly number[])[];
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** How many nodes are beyond the limit, and not read. */
  readonly left: number;
}

const GRAPH = { node: 1 } as const;
const NODE = { name: 1, op: 2, input: 3, attr: 5 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const ATTR = { list: 1, shape: 7 } as const;
const DIM = { dim: 2, size: 1 } as const;
/** Keys of the attributes that hold output shapes: of TensorFlow's shape inference and torch, and of placeholders. */
const SHAPES = new Set(['_output_shapes', 'shape']);

/** Nodes of a graph. Large language models have some tens of thousands. */
export const GRAPH_NODES = 200_000;
const NODE_INPUTS = 256;
const NODE_SHAPES = 64;
const SHAPE_AXES = 16;

/** @throws MalformedEventError if the bytes are not a GraphDef */
export function readGraphDef(bytes: Uint8Array): Graph {
  const reader = new WireReader(bytes);
  const nodes: GraphNode[] = [];
  let left = 0;
  while (reader.next()) {
    if (reader.field !== GRAPH.node || reader.wire !== BYTES) reader.skip();
    else if (nodes.length === GRAPH_NODES) {
      left++;
      reader.skip();
    } else nodes.push(readNode(reader.message()));
  }
  return { nodes, left };
}

function readNode(reader: WireReader): GraphNode {
  let name = '';
  let op = '';
  const inputs: string[] = [];
  const shapes: number[][] = [];
  while (reader.next()) {
    const { field, wire } = reader;
    if (wire !== BYTES) reader.skip();
    else if (field === NODE.name) name = reader.shortString(TAG_BYTES, 'the name of a node');
    else if (field === NODE.op) op = reader.shortString(NAME_BYTES, 'the operation of a node');
    else if (field === NODE.input && inputs.length < NODE_INPUTS)
      inputs.push(reader.shortString(TAG_BYTES, 'the input of a node'));
    else if (field === NODE.attr) readAttribute(reader.message(), shapes);
    else reader.skip();
  }
  return { name, op, inputs, shapes };
}

function readAttribute(reader: WireReader, shapes: number[][]): void {
  let key = '';
  let value: WireReader | undefined;
  while (reader.next()) {
    if (reader.field === ENTRY.key && reader.wire === BYTES)
      key = reader.shortString(NAME_BYTES, 'the name of an attribute');
    else if (reader.field === ENTRY.value && reader.wire === BYTES) value = reader.message();
    else reader.skip();
  }
  if (value === undefined || !SHAPES.has(key) || shapes.length > 0) return;
  readShapes(value, shapes);
}

/** Of an AttrValue: a shape, or a list of shapes. */
function readShapes(reader: WireReader, shapes: number[][]): void {
  while (reader.next()) {
    if (reader.wire !== BYTES) reader.skip();
    else if (reader.field === ATTR.shape && shapes.length < NODE_SHAPES)
      shapes.push(readShape(reader.message()));
    else if (reader.field === ATTR.list) {
      const list = reader.message();
      while (list.next()) {
        if (list.field === ATTR.shape && list.wire === BYTES && shapes.length < NODE_SHAPES)
          shapes.push(readShape(list.message()));
        else list.skip();
      }
    } else reader.skip();
  }
}

function readShape(reader: WireReader): number[] {
  const shape: number[] = [];
  while (reader.next()) {
    if (reader.field !== DIM.dim || reader.wire !== BYTES) {
      reader.skip();
      continue;
    }
    const dim = reader.message();
    let size = 0;
    while (dim.next()) {
      if (dim.field === DIM.size && dim.wire === VARINT) size = Number(dim.int64());
      else dim.skip();
    }
    if (shape.length === SHAPE_AXES)
      throw new MalformedEventError(`The graph holds a shape of more than ${SHAPE_AXES} axes.`);
    shape.push(size);
  }
  return shape;
}
