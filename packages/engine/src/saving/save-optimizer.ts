import type { Json, JsonObject, NamedArray } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';

import { hasLegacyOptimizers, isKeras23, isKeras3, isTfKeras } from '../config/keras-version.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { Trainer } from '../training/trainer.js';

interface SavedOptimizer {
  readonly config: { class_name: string; config: JsonObject };
  readonly weights: NamedArray[];
}

/** An optimizer's arguments and state as `model.save` stores them, in the form of the Keras that the optimizer means, and that the model is from. */
export async function saveOptimizer(trainer: Trainer): Promise<SavedOptimizer> {
  const { optimizer, model } = trainer.compiled;
  const { kerasVersion } = model.description;
  const slots = await trainer.getSlots();
  if (optimizer.meaning !== 'keras3') return isKeras23(kerasVersion) ? ofKeras23(trainer, slots) : ofKeras2(trainer, slots);
  if (isKeras3(kerasVersion)) return ofKeras3(trainer, slots);
  return isLegacy(optimizer, kerasVersion) ? ofLegacyTfKeras(trainer, slots) : ofTfKeras(trainer, slots, isTfKeras(kerasVersion));
}

function ofKeras2(trainer: Trainer, slots: readonly NdArray[]): SavedOptimizer {
  const { className, config, savesIterations } = trainer.compiled.optimizer;
  return {
    config: { class_name: className, config: { ...config, lr: trainer.lr } },
    weights: [...(savesIterations ? [scalar(`${className}/iterations:0`, trainer.iterations)] : []), ...variables(className, [...slots, ...placeholders(slots, className, config['amsgrad'])])],
  };
}

/** 2.0's optimizers with `learning_rate`; all save their iterations, and Nadam its product of momenta. */
function ofKeras23(trainer: Trainer, slots: readonly NdArray[]): SavedOptimizer {
  const { optimizer } = trainer.compiled;
  const { className } = optimizer;
  const { lr: _lr, ...config } = optimizer.config;
  return {
    config: { class_name: className, config: { learning_rate: trainer.lr, ...config } },
    weights: [
      scalar(`${className}/iterations:0`, trainer.iterations),
      ...(optimizer.advance ? [{ name: `${className}/m_schedule:0`, array: float(trainer.schedule) }] : []),
      ...variables(className, [...slots, ...placeholders(slots, className, config['amsgrad'] ?? false)]),
    ],
  };
}

const variables = (className: string, slots: readonly NdArray[]): NamedArray[] => slots.map((array, i) => ({ name: `training/${className}/Variable${i === 0 ? '' : `_${i}`}:0`, array }));

/** Where its Adam knows `amsgrad`, and has none, Keras 2.1.3 to 2.3 keep a zero for each weight in its place (`withoutPlaceholders` takes them away). */
function placeholders(slots: readonly NdArray[], className: string, amsgrad: Json | undefined): NdArray[] {
  return className === 'Adam' && amsgrad === false ? Array.from({ length: slots.length / 2 }, () => ({ dtype: 'float32', shape: [1], data: new Float32Array(1) })) : [];
}

/** With the learning rate, and Nadam's product of momenta. */
function ofKeras3(trainer: Trainer, slots: readonly NdArray[]): SavedOptimizer {
  const { optimizer } = trainer.compiled;
  const { className, config } = optimizer;
  const name = className.toLowerCase();
  return {
    config: { class_name: className, config: { name, ...config, learning_rate: trainer.lr } },
    weights: [
      scalar(`${name}/iteration`, trainer.iterations),
      { name: `${name}/learning_rate`, array: float(trainer.lr) },
      ...slots.map((array, i) => ({ name: `${name}/slot_${i}`, array })),
      ...(optimizer.advance ? [{ name: `${name}/variable`, array: float(trainer.schedule) }] : []),
    ],
  };
}

/** @param saysSo whether the config says that it is none of tf-keras's legacy optimizers, for which tf-keras takes it otherwise; no other Keras knows that argument. */
function ofTfKeras(trainer: Trainer, slots: readonly NdArray[], saysSo: boolean): SavedOptimizer {
  const { className, config } = trainer.compiled.optimizer;
  const name = className.toLowerCase();
  return {
    config: { class_name: className, config: { name, ...config, learning_rate: trainer.lr, ...(saysSo && { is_legacy_optimizer: false }) } },
    weights: [scalar('iteration:0', trainer.iterations), ...slots.map((array, i) => ({ name: `${name}/slot_${i}:0`, array }))],
  };
}

/** Whether tf-keras would take it for one of its optimizers before 2.11: they alone have a `decay`, and none has a `weight_decay`. */
function isLegacy({ className, config }: Optimizer, kerasVersion: string): boolean {
  if (config['weight_decay'] !== null) return false;
  return 'decay' in config || (hasLegacyOptimizers(kerasVersion) && className !== 'Nadam'); // a legacy Nadam has a decay
}

/** Without arguments that are not given, of which it does not know all; slot after slot, and Nadam's product of momenta before them. */
function ofLegacyTfKeras(trainer: Trainer, slots: readonly NdArray[]): SavedOptimizer {
  const { optimizer } = trainer.compiled;
  const { className, config, slotGroups = [] } = optimizer;
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  return {
    config: { class_name: className, config: { name: className, ...given, learning_rate: trainer.lr, decay: config['decay'] ?? 0 } },
    weights: [
      scalar(`${className}/iter:0`, trainer.iterations),
      ...(optimizer.advance ? [{ name: `${className}/momentum_cache:0`, array: float(trainer.schedule) }] : []),
      ...slotBySlot(slots, slotGroups).map((array, i) => ({ name: `${className}/slot_${i}:0`, array })),
    ],
  };
}

/** From group after group, and weight by weight within a group, to slot after slot. */
function slotBySlot(slots: readonly NdArray[], groups: readonly (readonly string[])[]): NdArray[] {
  const weights = slots.length / Math.max(1, groups.flat().length);
  let first = 0;
  return groups.flatMap(({ length: size }) => {
    const from = first;
    first += size * weights;
    return Array.from({ length: size }, (_, slot) => Array.from({ length: weights }, (__, weight) => slots[from + weight * size + slot] as NdArray)).flat();
  });
}

function scalar(name: string, iterations: number): NamedArray {
  return { name, array: { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(iterations)) } };
}

const float = (value: number): NdArray => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
