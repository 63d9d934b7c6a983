import { Embedding } from '../layers/embedding.js';
import type { Layer } from '../layers/layer.js';
import { TimeDistributed } from '../layers/time-distributed.js';
import { Model } from './model.js';

/** What the values of an input may be, because an Embedding looks them up. */
export interface InputRange {
  /** Position among the model's inputs. */
  readonly input: number;
  /** Values are integers in [0, limit). */
  readonly limit: number;
  /** The embedding that says so. */
  readonly layer: string;
}

/**
 * The inputs that go straight into an Embedding, nested models included. They are checked on the host, before data reaches
 * the graph: a kernel on a CPU would fail without naming the row, one on a GPU would answer zeros.
 */
export function inputRanges(model: Model): InputRange[] {
  return model.inputs.flatMap((_, input) => {
    const key = model.inputKeys[input];
    return model.nodes
      .filter((node) => node.inputs.some(({ node: from }) => from === key?.node))
      .flatMap(({ layer, inputs }) => {
        const at = inputs.findIndex(({ node }) => node === key?.node);
        return rangesOf(layer).filter((range) => range.input === at).map((range) => ({ ...range, input }));
      });
  });
}

/** The same of one layer's inputs. */
function rangesOf(layer: Layer): InputRange[] {
  if (layer instanceof Embedding) return [{ input: 0, limit: layer.inputDim, layer: layer.name }];
  if (layer instanceof TimeDistributed) return rangesOf(layer.layer);
  return layer instanceof Model ? inputRanges(layer) : [];
}
