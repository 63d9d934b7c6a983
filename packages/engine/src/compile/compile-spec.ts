import type { Json } from '@trainyard/keras-format';

/** The arguments of Keras's `compile`, as a job gives them. */
export interface CompileSpec {
  readonly optimizer: Json;
  /** A name; a list, one for each output; or `{output: name}`. */
  readonly loss: Json;
  /** A list for every output, or `{output: name or list}`. */
  readonly metrics?: Json | undefined;
  readonly weighted_metrics?: Json | undefined;
  /** A list, one for each output, or `{output: number}`. */
  readonly loss_weights?: Json | undefined;
  /** null, "temporal", a list of these or `{output: …}`. */
  readonly sample_weight_mode?: Json | undefined;
}
