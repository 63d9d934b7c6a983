import type { CompiledModel, CompiledOutput } from '../compile/compile-model.js';
import { inputRanges } from '../model/input-range.js';
import type { Model } from '../model/model.js';

/** What values of an input or target have to be. */
export type ValueRule = { readonly kind: 'integers'; readonly below: number; readonly by: string } | { readonly kind: 'binary' | 'distribution' | 'signs' | 'non_negative'; readonly by: string };

/** Of each input and of each output, in the model's order. */
export interface ValueRules {
  readonly x: readonly (readonly ValueRule[])[];
  readonly y: readonly (readonly ValueRule[])[];
}

/** Losses whose targets are not any numbers. */
const rulesOfLosses: Readonly<Record<string, 'binary' | 'distribution' | 'signs' | 'non_negative'>> = {
  binary_crossentropy: 'binary',
  categorical_crossentropy: 'distribution',
  kullback_leibler_divergence: 'distribution',
  hinge: 'signs',
  squared_hinge: 'signs',
  poisson: 'non_negative',
  mean_squared_logarithmic_error: 'non_negative',
};

/** What a compiled model takes for granted of its data: Embeddings look up integers, losses are made for certain targets. */
export function valueRules(compiled: CompiledModel): ValueRules {
  return { ...inputRules(compiled.model), y: compiled.outputs.map((output, i) => ruleOf(output, compiled.model.outputs[i]?.shape.at(-1) ?? null)) };
}

/** What a model takes for granted of its inputs. */
export function inputRules(model: Model): ValueRules {
  const ranges = inputRanges(model);
  const x = model.inputs.map((_, i) => ranges.filter(({ input }) => input === i).map(({ limit, layer }): ValueRule => ({ kind: 'integers', below: limit, by: `the Embedding "${layer}"` })));
  return { x, y: [] };
}

function ruleOf({ lossName, name }: CompiledOutput, classes: number | null): ValueRule[] {
  const by = `the loss ${lossName} of "${name}"`;
  if (lossName === 'sparse_categorical_crossentropy') return classes === null ? [] : [{ kind: 'integers', below: classes, by }];
  const kind = rulesOfLosses[lossName];
  return kind ? [{ kind, by }] : [];
}
