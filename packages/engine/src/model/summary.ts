import type { Layer } from '../layers/layer.js';
import { shapeText, type Shape } from '../shape.js';
import type { Model } from './model.js';
import type { Node } from './node.js';
import { countParams, weightRefsByLayer, weightSize } from './weight-ref.js';

interface Table {
  readonly width: number;
  readonly stops: readonly number[];
  readonly header: readonly string[];
}

const PLAIN: Table = { width: 65, stops: [29, 55, 65], header: ['Layer (type)', 'Output Shape', 'Param #'] };
const CONNECTED: Table = { width: 100, stops: [33, 55, 67, 100], header: ['Layer (type)', 'Output Shape', 'Param #', 'Connected to'] };

/** The text of Keras 2.0's `model.summary()`. A model that is not one chain of layers gets a column of connections. */
export function summaryText(model: Model): string {
  const chain = model.className === 'Sequential' || isChain(model);
  const table = chain ? PLAIN : CONNECTED;
  const params = new Map(weightRefsByLayer(model).map(({ layer, weights }) => [layer, weights.reduce((sum, weight) => sum + weightSize(weight), 0)]));
  const lines = ['_'.repeat(table.width), row(table, table.header), '='.repeat(table.width)];
  model.layers.forEach((layer, i) => {
    const connections = chain ? [] : connectionsOf(model, layer);
    lines.push(row(table, [`${layer.name} (${layer.className})`, outputText(model, layer), String(params.get(layer) ?? 0), ...(chain ? [] : [connections[0] ?? ''])]));
    for (const connection of connections.slice(1)) lines.push(row(table, ['', '', '', connection]));
    lines.push((i === model.layers.length - 1 ? '=' : '_').repeat(table.width));
  });
  const { total, trainable } = countParams(model);
  const grouped = (count: number): string => count.toLocaleString('en-US');
  lines.push(`Total params: ${grouped(total)}`, `Trainable params: ${grouped(trainable)}`, `Non-trainable params: ${grouped(total - trainable)}`, '_'.repeat(table.width));
  return `${lines.join('\n')}\n`;
}

function row({ stops }: Table, fields: readonly string[]): string {
  let line = '';
  fields.forEach((field, i) => {
    if (i > 0) line = `${line.slice(0, -1)} `;
    line = (line + field).slice(0, stops[i]).padEnd(stops[i] ?? 0);
  });
  return line;
}

function callsOf(model: Model, layer: Layer): Node[] {
  return model.nodes.filter((node) => node.layer === layer);
}

/** The shape of the output, or `multiple` where calls differ. */
function outputText(model: Model, layer: Layer): string {
  const shapes = callsOf(model, layer).map(({ outputShapes }) => text(outputShapes));
  return new Set(shapes).size === 1 ? (shapes[0] ?? '') : 'multiple';
}

function text(shapes: readonly Shape[]): string {
  return shapes.length === 1 ? shapeText(shapes[0] ?? []) : `[${shapes.map(shapeText).join(', ')}]`;
}

function connectionsOf(model: Model, layer: Layer): string[] {
  return callsOf(model, layer).flatMap(({ inputs }) => inputs.map(({ node, tensor }) => `${node.layer.name}[${node.index}][${tensor}]`));
}

/** Whether no two nodes are at the same depth and none takes from two layers. */
function isChain(model: Model): boolean {
  const takers = new Map<Node, number>();
  for (const node of model.nodes) {
    if (node.inputs.length > 1) return false;
    for (const { node: from } of node.inputs) takers.set(from, (takers.get(from) ?? 0) + 1);
  }
  return model.inputKeys.length === 1 && model.outputKeys.length === 1 && [...takers.values()].every((count) => count === 1);
}
