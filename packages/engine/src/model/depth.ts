import type { Node, TensorKey } from './node.js';

/**
 * How far each call is from the outputs, as Keras counts it: 0 where no other call takes from it, else one more than the
 * farthest that does; a layer of several calls gives a later one at least the depth that an earlier one has. Calls that the
 * outputs do not need are left out.
 */
export function nodeDepths(outputs: readonly TensorKey[]): Map<Node, number> {
  const depths = new Map<Node, number>();
  const layers = new Map<Node['layer'], number>();
  for (const node of finished(outputs).reverse()) {
    const depth = Math.max(depths.get(node) ?? 0, layers.get(node.layer) ?? 0);
    layers.set(node.layer, depth);
    depths.set(node, depth);
    for (const { node: before } of node.inputs) depths.set(before, Math.max(depth + 1, depths.get(before) ?? 0));
  }
  return depths;
}

/** Calls in the order in which a walk from the outputs has seen all that each needs; no recursion, models may be deep. */
function finished(outputs: readonly TensorKey[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack = outputs.map(({ node }) => ({ node, next: 0 })).reverse();
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const first = top.next === 0;
    if (first && seen.has(top.node)) {
      stack.pop();
      continue;
    }
    seen.add(top.node);
    const input = top.node.inputs[top.next++];
    if (!input) {
      stack.pop();
      order.push(top.node);
    } else if (!seen.has(input.node)) {
      stack.push({ node: input.node, next: 0 });
    }
  }
  return order;
}
