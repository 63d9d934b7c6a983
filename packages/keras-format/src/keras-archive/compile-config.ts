import { FormatError } from '../format-error.js';
import type { TrainingConfig } from '../h5/weights-file.js';
import { at, isJsonObject, quote, type Json, type JsonObject } from '../json.js';

/** Keras 3's optimizer where `compile` was given none: its default. */
const DEFAULT_OPTIMIZER = { class_name: 'RMSprop', config: {} };

/**
 * The arguments of `compile` that a `.keras` carries, as an `.h5` carries them; undefined where the model was never compiled.
 * @param pointer of `compile_config`.
 */
export function readCompileConfig(value: Json | undefined, pointer: string): TrainingConfig | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw new FormatError('wrong_type', pointer, `expected the arguments of compile, an object, received ${quote(value)}`);
  if (value['loss'] === undefined && value['optimizer'] === undefined) return undefined;
  const { optimizer, loss = null, metrics = null, loss_weights = null, ...others } = value;
  return { ...others, optimizer_config: readOptimizer(optimizer, at(pointer, 'optimizer')), loss, metrics, loss_weights, sample_weight_mode: null };
}

function readOptimizer(value: Json | undefined, pointer: string): TrainingConfig['optimizer_config'] {
  if (value === undefined || value === null) return DEFAULT_OPTIMIZER;
  if (typeof value === 'string') return { class_name: value, config: {} };
  const config = isJsonObject(value) ? (value['config'] ?? {}) : undefined;
  if (!isJsonObject(value) || typeof value['class_name'] !== 'string' || !isJsonObject(config))
    throw new FormatError('wrong_type', pointer, `expected the name of an optimizer, or an object with class_name and config, received ${quote(value)}`);
  const { module } = value;
  if (module !== undefined && module !== null && (typeof module !== 'string' || !/^keras(\.src)?\.optimizers(\.\w+)*$/.test(module)))
    throw new FormatError('foreign_class', at(pointer, 'module'), `expected a module of Keras's own for this optimizer, received ${quote(module)}; code from elsewhere is refused`);
  return { class_name: value['class_name'], config };
}

/** The same the other way: `compile_config` of a `.keras`. Arguments of Keras 2 that Keras 3 does not have are left out. */
export function writeCompileConfig({ optimizer_config: optimizer, loss, metrics, loss_weights, weighted_metrics }: TrainingConfig): JsonObject {
  return {
    optimizer: { module: 'keras.optimizers', class_name: optimizer.class_name, config: optimizer.config, registered_name: null },
    loss,
    loss_weights,
    metrics,
    weighted_metrics: weighted_metrics ?? null,
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
}
