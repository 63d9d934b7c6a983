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

/** Losses and metrics that Keras 3 does not have: its cosine_similarity sums where these take the mean. */
const COSINE = /"cosine(_proximity)?"/;

/** Metrics of tf-keras that wrap a function. */
const WRAPPER = 'MeanMetricWrapper';

/**
 * The same the other way: `compile_config` of a `.keras`; undefined where Keras 3 has no such loss. Arguments of Keras 2 that
 * Keras 3 does not have are left out, and metrics as well.
 * @param outputs number of the model's outputs.
 */
export function writeCompileConfig({ optimizer_config: optimizer, loss, metrics, loss_weights, weighted_metrics = null }: TrainingConfig, outputs: number): JsonObject | undefined {
  if (COSINE.test(JSON.stringify(loss))) return undefined;
  return {
    optimizer: { module: 'keras.optimizers', class_name: optimizer.class_name, config: optimizer.config, registered_name: null },
    loss,
    loss_weights,
    metrics: writeMetrics(metrics, outputs),
    weighted_metrics: writeMetrics(weighted_metrics, outputs),
    run_eagerly: false,
    steps_per_execution: 1,
    jit_compile: false,
  };
}

/** Keras 2 takes a list of metrics for every output, Keras 3 one list for each. */
function writeMetrics(metrics: Json, outputs: number): Json {
  if (COSINE.test(JSON.stringify(metrics))) return null;
  const plain = withoutWrappers(metrics);
  if (!Array.isArray(plain) || outputs === 1) return Array.isArray(plain) && plain.length === 1 && Array.isArray(plain[0]) ? plain[0] : plain;
  return plain.some((entry) => Array.isArray(entry) || entry === null) ? plain : Array.from({ length: outputs }, () => plain);
}

function withoutWrappers(metrics: Json): Json {
  if (Array.isArray(metrics)) return metrics.map(withoutWrappers);
  if (!isJsonObject(metrics)) return metrics;
  if (typeof metrics['class_name'] !== 'string') return Object.fromEntries(Object.entries(metrics).map(([output, entry]) => [output, withoutWrappers(entry)]));
  const config = isJsonObject(metrics['config']) ? metrics['config'] : {};
  const { fn, name } = config;
  if (metrics['class_name'] !== WRAPPER || typeof fn !== 'string' || typeof name !== 'string') return metrics;
  // What was asked for as accuracy has that name, behind the output's where there are several.
  return /(^|_)accuracy$/.test(name) && fn.endsWith('accuracy') ? 'accuracy' : fn;
}
