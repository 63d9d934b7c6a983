import type { LayerResource } from '@trainyard/client';
import { expect, test } from 'vitest';
import { connections, layOut } from './layer-graph.js';

const layer = (name: string): LayerResource => ({ name, class_name: 'Dense', index: 0, trainable: true, config: {}, weights: [{ name: `${name}/kernel`, shape: [3, 4], trainable: true }], nodes: [{ input_shapes: [[null, 3]], output_shapes: [[null, 4]] }] });

test('a Sequential is a chain', () => {
  const config = ['a', 'b', 'c'].map((name) => ({ class_name: 'Dense', config: { name } }));
  expect(connections(config)).toEqual([['a', 'b'], ['b', 'c']]);
  expect(connections({ name: 'sequential_1', layers: config })).toEqual([['a', 'b'], ['b', 'c']]);
});

test('a Functional model has what inbound_nodes say; a layer that is called twice with the same has one arrow', () => {
  const config = {
    layers: [
      { name: 'left', inbound_nodes: [] },
      { name: 'right', inbound_nodes: [] },
      { name: 'shared', inbound_nodes: [[['left', 0, 0, {}]], [['right', 0, 0, {}]], [['left', 0, 0, {}]]] },
      { name: 'sum', inbound_nodes: [[['shared', 0, 0, {}], ['shared', 1, 0, {}]]] },
    ],
  };
  expect(connections(config)).toEqual([['left', 'shared'], ['right', 'shared'], ['shared', 'sum']]);
});

test('layers lie below what feeds them', () => {
  const { layers, arrows, width, height } = layOut(['a', 'b', 'c'].map(layer), [['a', 'b'], ['a', 'c'], ['nowhere', 'c']]);
  const at = new Map(layers.map(({ name, x, y }) => [name, { x, y }]));
  expect(at.get('b')!.y).toBeGreaterThan(at.get('a')!.y);
  expect(at.get('c')!.y).toBe(at.get('b')!.y);
  expect(at.get('c')!.x).not.toBe(at.get('b')!.x);
  expect(arrows.map(({ from, to }) => `${from} ${to}`)).toEqual(['a b', 'a c']);
  expect(layers[0]).toMatchObject({ className: 'Dense', shape: [null, 4], params: 12 });
  expect(width).toBeGreaterThan(200);
  expect(height).toBeGreaterThan(100);
});
