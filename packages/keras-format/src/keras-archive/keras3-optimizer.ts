import { FormatError } from '../format-error.js';
import { at, type Json, type JsonObject } from '../json.js';

type OptimizerConfig = { class_name: string; config: JsonObject };

/** Keras 2.0's starting learning rates and ε where a config does not say them. */
const DEFAULT_RATES: Readonly<Record<string, number>> = { SGD: 0.01, RMSprop: 0.001, Adagrad: 0.01, Adadelta: 1, Adam: 0.001, Adamax: 0.002, Nadam: 0.002 };
/** Arguments that both have. */
const SHARED = ['momentum', 'nesterov', 'rho', 'beta_1', 'beta_2', 'epsilon', 'amsgrad'];

/**
 * An optimizer of Keras 2.0 as Keras 3 comes closest to it: `lr` is `learning_rate`, `decay` a schedule, `clipnorm` (one norm
 * over all gradients in 2.0) `global_clipnorm`, Adagrad starts at 0. What stays different: ε inside the root (RMSprop,
 * Adagrad), and Nadam's momentum, which has no `schedule_decay` in Keras 3. One that speaks Keras 3's is given back.
 * @throws FormatError where Keras 3 cannot clip as it does.
 */
export function toKeras3Optimizer({ class_name: name, config }: OptimizerConfig, pointer: string): OptimizerConfig {
  const className = name.replace(/^Custom>/, '');
  if (!('lr' in config)) return { class_name: className, config: withoutTfKeras(className, config) };
  const { clipnorm = null, clipvalue = null, decay = 0 } = config;
  if (clipnorm !== null && clipvalue !== null)
    throw new FormatError('not_in_keras3', at(at(pointer, 'config'), 'clipvalue'), 'Keras 3 clips by one of clipnorm and clipvalue; this optimizer has both');
  const rate = config['lr'] ?? DEFAULT_RATES[className] ?? 0.001;
  return {
    class_name: className,
    config: {
      learning_rate: Number(decay) > 0 ? inverseTimeDecay(rate, decay) : rate,
      ...Object.fromEntries(SHARED.filter((argument) => config[argument] !== undefined).map((argument): [string, Json] => [argument, config[argument] ?? null])),
      ...(className === 'Adagrad' ? { initial_accumulator_value: 0 } : {}),
      ...(clipnorm === null ? {} : { global_clipnorm: clipnorm }),
      ...(clipvalue === null ? {} : { clipvalue }),
    },
  };
}

/** lr / (1 + decay·k): Keras 2.0's decay. */
function inverseTimeDecay(rate: Json, decay: Json): JsonObject {
  const config = { initial_learning_rate: rate, decay_steps: 1, decay_rate: decay, staircase: false, name: 'InverseTimeDecay' };
  return { module: 'keras.optimizers.schedules', class_name: 'InverseTimeDecay', config, registered_name: null };
}

/** tf-keras has arguments that Keras 3 does not know, and its legacy optimizers a decay: Nadam's is that of its momentum, for which Keras 3 has none. */
function withoutTfKeras(className: string, config: JsonObject): JsonObject {
  const { jit_compile: _jit, is_legacy_optimizer: _legacy, schedule_decay: _schedule, decay = 0, ...rest } = config;
  return Number(decay) > 0 && className !== 'Nadam' ? { ...rest, learning_rate: inverseTimeDecay(rest['learning_rate'] ?? 0.001, decay) } : rest;
}
