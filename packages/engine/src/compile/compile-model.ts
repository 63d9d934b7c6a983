import { at, FormatError, isJsonObject, type Json, quote } from '@trainyard/keras-format';

import { isKeras3 } from '../config/keras-version.js';
import type { Loss } from '../losses/loss.js';
import { readLoss } from '../losses/read-loss.js';
import type { Metric } from '../metrics/metric.js';
import { type MetricContext, type NamedMetric, readMetric } from '../metrics/read-metric.js';
import type { Model } from '../model/model.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { readOptimizer } from '../optimizers/registry.js';
import type { CompileSpec } from './compile-spec.js';

/** An output with all that compile says about it. */
export interface CompiledOutput {
  readonly name: string;
  readonly lossName: string;
  readonly loss: Loss;
  readonly lossWeight: number;
  /** One weight a sample and time step, where true. */
  readonly temporal: boolean;
  /** Shape of a target without its batch dimension: the output's, with a last dimension of 1 for integer classes. */
  readonly targetShape: readonly (number | null)[];
  readonly metrics: readonly CompiledMetric[];
}

export interface CompiledMetric {
  /** As reported: `acc`, `main_output_acc`, `weighted_acc`. */
  readonly name: string;
  readonly metric: Metric;
  readonly weighted: boolean;
}

export interface CompiledModel {
  readonly model: Model;
  readonly spec: CompileSpec;
  readonly optimizer: Optimizer;
  readonly outputs: readonly CompiledOutput[];
  /** Keras's `metrics_names`: the loss, each output's loss where there are several, then the metrics. */
  readonly metricsNames: readonly string[];
}

/**
 * What `compile` means for a model.
 * @param pointer JSON pointer of the spec, for messages.
 * @throws FormatError: an unknown optimizer, loss or metric; a name or number of outputs that the model does not have.
 */
export function compileModel(model: Model, spec: CompileSpec, pointer = '/compile'): CompiledModel {
  const optimizer = readOptimizer(spec.optimizer, at(pointer, 'optimizer'), model.description.kerasVersion);
  const names = model.outputs.map(({ name }) => name);
  const keras3 = isKeras3(model.description.kerasVersion);
  const lossNames = perOutput(spec.loss, names, at(pointer, 'loss'), { required: true, shared: true });
  const weights = perOutput(spec.loss_weights, names, at(pointer, 'loss_weights'), {});
  const modes = perOutput(spec.sample_weight_mode, names, at(pointer, 'sample_weight_mode'), { shared: true });
  const plain = metricsPerOutput(spec.metrics, names, at(pointer, 'metrics'), keras3);
  const weighted = metricsPerOutput(spec.weighted_metrics, names, at(pointer, 'weighted_metrics'), keras3);
  const outputs = model.outputs.map((output, i): CompiledOutput => {
    const { value, place } = lossNames[i] as Placed;
    const { name: lossName, loss } = readLoss(value, place);
    const context: MetricContext = { lossName, lastDimension: output.shape.at(-1) ?? null, keras3 };
    const sparse = lossName === 'sparse_categorical_crossentropy';
    const row = output.shape.slice(1);
    return {
      name: output.name,
      lossName,
      loss,
      lossWeight: readLossWeight(weights[i]),
      temporal: readMode(modes[i], output.shape.length),
      targetShape: sparse ? [...row.slice(0, -1), 1] : row,
      metrics: compileMetrics(plain[i] ?? [], weighted[i] ?? [], context, names.length > 1 ? `${output.name}_` : ''),
    };
  });
  return { model, spec, optimizer, outputs, metricsNames: metricsNames(outputs) };
}

function metricsNames(outputs: readonly CompiledOutput[]): string[] {
  const names = ['loss', ...(outputs.length > 1 ? outputs.map(({ name }) => `${name}_loss`) : []), ...outputs.flatMap((output) => output.metrics.map(({ name }) => name))];
  // Keras 2.0 labels the second of two equal names with _1, and so on.
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}

interface Placed {
  readonly value: Json | undefined;
  readonly place: string;
}

/** Spreads a value over the outputs: one for all (where `shared`, or where there is one output), a list, or by name. */
function perOutput(value: Json | undefined, names: readonly string[], place: string, { required = false, shared = false }: { required?: boolean; shared?: boolean }): Placed[] {
  if (value === undefined || value === null) {
    if (required) throw new FormatError('invalid_config', place, `expected a name, a list or an object by output, received ${quote(value)}`);
    return names.map(() => ({ value: undefined, place }));
  }
  if (Array.isArray(value)) {
    if (value.length !== names.length)
      throw new FormatError('invalid_config', place, `expected one entry for each of the outputs ${names.join(', ')}, received ${value.length}`);
    return value.map((entry, i) => ({ value: entry, place: at(place, i) }));
  }
  if (isJsonObject(value) && typeof value['class_name'] !== 'string') {
    for (const name of Object.keys(value))
      if (!names.includes(name)) throw new FormatError('unknown_output', at(place, name), `the model has no output of that name; its outputs are ${names.join(', ')}`);
    return names.map((name) => {
      if (required && value[name] === undefined) throw new FormatError('invalid_config', place, `expected an entry for the output "${name}", received none`);
      return { value: value[name], place: at(place, name) };
    });
  }
  if (!shared && names.length > 1) throw new FormatError('invalid_config', place, `expected a list or an object by output, received ${quote(value)}`);
  return names.map(() => ({ value, place }));
}

/**
 * Metrics: a list holds for every output, a list of lists (as later Keras saves them) and an object for one each. Several
 * outputs of a Keras 3 model take one metric each from a list of as many.
 */
function metricsPerOutput(value: Json | undefined, names: readonly string[], place: string, keras3: boolean): Placed[][] {
  if (value === undefined || value === null) return names.map(() => []);
  const asList = (entry: Json | undefined, at_: string): Placed[] => {
    if (entry === undefined || entry === null) return [];
    return Array.isArray(entry) ? entry.map((metric, i) => ({ value: metric, place: at(at_, i) })) : [{ value: entry, place: at_ }];
  };
  if (isJsonObject(value)) return perOutput(value, names, place, {}).map((entry) => asList(entry.value, entry.place));
  if (!Array.isArray(value)) throw new FormatError('invalid_config', place, `expected a list or an object by output, received ${quote(value)}`);
  const oneEach = value.some((entry) => Array.isArray(entry) || entry === null) || (keras3 && names.length > 1 && value.length === names.length);
  if (oneEach) return perOutput(value, names, place, {}).map((entry) => asList(entry.value, entry.place));
  return names.map(() => asList(value, place));
}

function readLossWeight(entry: Placed | undefined): number {
  if (entry?.value === undefined || entry.value === null) return 1;
  if (typeof entry.value !== 'number') throw new FormatError('invalid_config', entry.place, `expected a number, received ${quote(entry.value)}`);
  return entry.value;
}

function readMode(entry: Placed | undefined, rank: number): boolean {
  if (entry?.value === undefined || entry.value === null) return false;
  if (entry.value !== 'temporal') throw new FormatError('invalid_config', entry.place, `expected null or "temporal", received ${quote(entry.value)}`);
  if (rank < 3) throw new FormatError('invalid_config', entry.place, 'expected an output with a time dimension for "temporal", received one of 2 dimensions');
  return true;
}

/** An output's metrics under the names by which they are reported. */
function compileMetrics(plain: readonly Placed[], weighted: readonly Placed[], context: MetricContext, prefix: string): CompiledMetric[] {
  const read = ({ value, place }: Placed): NamedMetric => readMetric(value, place, context);
  const own = plain.map(read);
  const taken = new Set(own.map(({ label }) => label));
  // Keras 3 marks a weighted metric only where its name is taken.
  const marked = (label: string): string => (context.keras3 && !taken.has(label) ? label : `weighted_${label}`);
  return [
    ...own.map(({ label, metric }): CompiledMetric => ({ name: `${prefix}${label}`, metric, weighted: false })),
    ...weighted.map(read).map(({ label, metric }): CompiledMetric => ({ name: `${prefix}${marked(label)}`, metric, weighted: true })),
  ];
}
