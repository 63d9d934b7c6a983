import type { ConfigReader } from '../config/config-reader.js';
import type { Logs } from '../training/trainer.js';
import type { Callback } from './callback.js';

/** A checkpoint that a callback asks for. */
export interface CheckpointRequest {
  /** Filled in, as Keras would have named the file. */
  readonly filepath: string;
  readonly kind: 'model' | 'weights';
  readonly epoch: number;
  readonly logs: Readonly<Logs>;
  /** The metric that made it worth saving, and its value; absent unless save_best_only. */
  readonly best?: { readonly monitor: string; readonly value: number };
}

/** What callbacks need from whoever runs the training. */
export interface CallbackEnvironment {
  saveCheckpoint(request: CheckpointRequest): Promise<void>;
  readonly warn: (this: void, text: string) => void;
  /** Takes the lines that Keras prints where `verbose` asks for them, without their line ends. */
  readonly log: (this: void, line: string) => void;
}

/** A class of callbacks and how one is made from `{class_name, config}`. */
export interface CallbackDefinition {
  readonly className: string;
  /** Names of the arguments that its config may have. */
  readonly arguments: readonly string[];
  create(config: ConfigReader, environment: CallbackEnvironment): Callback;
}

/** Where a callback's lines go: nowhere unless its `verbose` is 1 or more. */
export function verboseLog(config: ConfigReader, environment: CallbackEnvironment): (line: string) => void {
  return config.integer('verbose', { min: 0, otherwise: 0 }) > 0 ? environment.log : () => undefined;
}

/** An epoch's number in those lines, Keras's `%05d`. */
export function epochNumber(epoch: number): string {
  return `Epoch ${String(epoch).padStart(5, '0')}`;
}
