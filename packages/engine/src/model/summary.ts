import type { Layer } from '../layers/layer.js';
import { shapeText, type Shape } from '../shape.js';
import { nodeDepths } from './depth.js';
import { inboundNodes } from './inbound-nodes.js';
import { Model } from './model.js';
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

/** The shape of the output, or `multiple` where calls differ. */
function outputText(model: Model, layer: Layer): string {
  const shapes = new Set(inboundNodes(model, layer).map((node) => text(node.outputShapes)));
  return shapes.size === 1 ? ([...shapes][0] ?? '') : 'multiple';
}

function text(shapes: readonly Shape[]): string {
  return shapes.length === 1 ? shapeText(shapes[0] ?? []) : `[${shapes.map(shapeText).join(', ')}]`;
}

/** What a layer takes, as layer[call][tensor] by Keras's count of calls: a nested model's begin with 1. */
function connectionsOf(model: Model, layer: Layer): string[] {
  return model.nodes
    .filter((node) => node.layer === layer)
    .flatMap(({ inputs }) => inputs.map(({ node, tensor }) => `${node.layer.name}[${node.index + (node.layer instanceof Model ? 1 : 0)}][${tensor}]`));
}

/** Whether no two calls are at the same depth and none takes several tensors. */
function isChain(model: Model): boolean {
  const depths = nodeDepths(model.outputKeys);
  return new Set(depths.values()).size === depths.size && [...depths.keys()].every(({ inputs }) => inputs.length <= 1);
}
