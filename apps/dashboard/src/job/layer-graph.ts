import * as dagre from '@dagrejs/dagre';
import type { LayerResource } from '@trainyard/client';
import type { Json } from '@trainyard/protocol';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is used here of dagre: its own types name files that are not in its package. */
interface DirectedGraph {
  setGraph(layout: object): void;
  graph(): { readonly width?: number; readonly height?: number };
  setDefaultEdgeLabel(label: () => object): void;
  setNode(name: string, size: object): void;
  hasNode(name: string): boolean;
  node(name: string): Point;
  setEdge(from: string, to: string): void;
  edges(): readonly { readonly v: string; readonly w: string }[];
  edge(from: string, to: string): { readonly points: readonly Point[] };
}
const { graphlib, layout } = dagre as unknown as { graphlib: { Graph: new () => DirectedGraph }; layout: (graph: DirectedGraph) => void };

/** A layer, placed: `x` and `y` are of its middle, in pixels. */
export interface PlacedLayer {
  readonly name: string;
  readonly className: string;
  /** Of the first call's output, as `summary()` shows it. */
  readonly shape: readonly (number | null)[] | undefined;
  readonly params: number;
  readonly x: number;
  readonly y: number;
}

export interface LayerGraph {
  readonly layers: readonly PlacedLayer[];
  readonly arrows: readonly { readonly from: string; readonly to: string; readonly points: readonly Point[] }[];
  readonly width: number;
  readonly height: number;
}

export const boxSize = { width: 230, height: 50 };

/**
 * Which layer feeds which: pairs of names.
 *
 * @param config what Keras 2's `get_config()` gives: a list of layers, or of a Functional model an object with `layers`, whose
 * `inbound_nodes` name what each call takes: `[[["conv2d_1", 0, 0, {}]], …]`
 */
export function connections(config: Json): [string, string][] {
  const layers = layersOf(config);
  const names = layers.map(nameOf);
  if (!layers.some((layer) => Array.isArray(fieldOf(layer, 'inbound_nodes')))) return names.slice(1).map((name, index) => [names[index] ?? '', name]);
  const pairs = new Set<string>();
  layers.forEach((layer, index) => {
    for (const call of asList(fieldOf(layer, 'inbound_nodes'))) {
      for (const input of asList(call)) {
        const [from] = asList(input);
        if (typeof from === 'string') pairs.add(JSON.stringify([from, names[index]]));
      }
    }
  });
  return [...pairs].map((pair) => JSON.parse(pair) as [string, string]);
}

/** Places layers from top to bottom, each below what feeds it. */
export function layOut(layers: readonly LayerResource[], pairs: readonly [string, string][]): LayerGraph {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 28, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { name } of layers) graph.setNode(name, { ...boxSize });
  for (const [from, to] of pairs) if (graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    ...{ width, height },
    layers: layers.map(({ name, class_name: className, nodes, weights }) => {
      const { x, y } = graph.node(name);
      const params = weights.reduce((sum, { shape }) => sum + shape.reduce((size, side) => size * side, 1), 0);
      return { name, className, shape: nodes[0]?.output_shapes[0], params, x, y };
    }),
    arrows: graph.edges().map(({ v: from, w: to }) => ({ from, to, points: graph.edge(from, to).points })),
  };
}

const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const fieldOf = (value: Json, name: string): Json | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined);
const layersOf = (config: Json): Json[] => (Array.isArray(config) ? config : asList(fieldOf(config, 'layers')));

function nameOf(layer: Json): string {
  const own = fieldOf(layer, 'name') ?? fieldOf(fieldOf(layer, 'config') ?? null, 'name');
  return typeof own === 'string' ? own : '';
}
