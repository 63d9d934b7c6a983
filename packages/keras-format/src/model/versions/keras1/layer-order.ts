import type { LayerDescription, TensorRef } from '../../model-description.js';

/**
 * The layers of a functional model without cycles in the order that Keras gives them: those furthest from the outputs
 * first, and at one distance in the order in which a walk back from the outputs comes upon them. Every Keras that loads
 * the model orders its layers so, and a file of weights that is loaded by position follows it.
 */
export function inKerasOrder(layers: readonly LayerDescription[], outputs: readonly TensorRef[]): LayerDescription[] {
  const calls = walkBack(layers, outputs);
  const found = new Map<string, number>();
  for (const { layer } of calls.found) if (!found.has(layer)) found.set(layer, found.size);
  const depths = depthsOf(calls);
  return [...layers].sort((a, b) => (depths.get(b.name) ?? 0) - (depths.get(a.name) ?? 0) || (found.get(a.name) ?? 0) - (found.get(b.name) ?? 0));
}

interface Call {
  readonly layer: string;
  readonly id: string;
  readonly inputs: readonly TensorRef[];
}

interface Walk {
  /** Calls in the order in which the walk comes upon them. */
  readonly found: Call[];
  /** Each call behind all that it takes its inputs from. */
  readonly finished: Call[];
}

const idOf = ({ layer, node }: TensorRef): string => `${node} ${layer}`;

function walkBack(layers: readonly LayerDescription[], outputs: readonly TensorRef[]): Walk {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const seen = new Set<string>();
  const walk: Walk = { found: [], finished: [] };
  for (const output of outputs) {
    const path: { call: Call; next: number }[] = [];
    const enter = (ref: TensorRef): void => {
      const id = idOf(ref);
      if (seen.has(id)) return;
      seen.add(id);
      const call: Call = { layer: ref.layer, id, inputs: byName.get(ref.layer)?.inboundNodes[ref.node]?.inputs ?? [] };
      walk.found.push(call);
      path.push({ call, next: 0 });
    };
    enter(output);
    for (let last = path.at(-1); last; last = path.at(-1)) {
      const input = last.call.inputs[last.next++];
      if (input) enter(input);
      else {
        walk.finished.push(last.call);
        path.pop();
      }
    }
  }
  return walk;
}

/** The longest way from each layer to an output, over all its calls. */
function depthsOf({ finished }: Walk): Map<string, number> {
  const ofCall = new Map<string, number>();
  const ofLayer = new Map<string, number>();
  for (const { layer, id, inputs } of [...finished].reverse()) {
    const depth = ofCall.get(id) ?? 0;
    ofLayer.set(layer, Math.max(depth, ofLayer.get(layer) ?? 0));
    for (const input of inputs) ofCall.set(idOf(input), Math.max(depth + 1, ofCall.get(idOf(input)) ?? 0));
  }
  return ofLayer;
}
