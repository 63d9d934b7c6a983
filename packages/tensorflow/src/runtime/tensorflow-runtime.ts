import type { Runtime, VariableSpec } from '@trainyard/engine';

import type { TensorFlowConfig } from '../config/config-proto.js';
import { tfjsBackends, type TfjsBackends } from '../graph/tfjs-backends.js';
import type { LiveHandles } from '../library/live-handles.js';
import { loadTensorFlow, type TensorFlow } from '../library/tensorflow.js';
import { opDefinitions } from '../protobuf/op-definitions.js';
import { servingGraph, type ServedStep, type ServingGraph } from '../serving/serving-graph.js';
import { TensorFlowProgram } from './program.js';

export interface TensorFlowRuntimeOptions {
  /** The path of `libtensorflow_cc.so.2` or of its folder: see `findLibrary`. */
  readonly library: string;
  /** What every session is told. The first session of a process decides for the GPU and for the op threads. */
  readonly config?: TensorFlowConfig;
}

let programs = 0;

/** Compiles steps into TensorFlow graphs and runs them in sessions. */
export class TensorFlowRuntime implements Runtime {
  readonly name = 'tensorflow';
  readonly #tensorflow: TensorFlow;
  readonly #config: TensorFlowConfig;
  readonly #backends: TfjsBackends;
  readonly #programs = new Set<TensorFlowProgram>();
  #disposed = false;

  constructor({ library, config = {} }: TensorFlowRuntimeOptions) {
    this.#tensorflow = loadTensorFlow(library);
    this.#config = config;
    this.#backends = tfjsBackends(this.#tensorflow, config);
  }

  /** The library's own version. */
  get version(): string {
    return this.#tensorflow.version;
  }

  /** How many native objects of this process are alive. */
  get live(): LiveHandles {
    return this.#tensorflow.live;
  }

  createProgram(variables: readonly VariableSpec[]): TensorFlowProgram {
    if (this.#disposed) throw new Error('the runtime has been disposed of');
    const program = new TensorFlowProgram(
      {
        tensorflow: this.#tensorflow,
        definitions: opDefinitions(this.#tensorflow),
        backends: this.#backends,
        config: this.#config,
        container: `program-${programs++}`,
        onDispose: (disposed) => this.#programs.delete(disposed),
      },
      variables,
    );
    this.#programs.add(program);
    return program;
  }

  /** A model as a graph that others run: see `servingGraph`. */
  servingGraph(served: ServedStep): ServingGraph {
    return servingGraph({ tensorflow: this.#tensorflow, definitions: opDefinitions(this.#tensorflow), backends: this.#backends }, served);
  }

  dispose(): void {
    this.#disposed = true;
    for (const program of [...this.#programs]) program.dispose();
  }
}

/**
 * A runtime over libtensorflow. No memory of a device is taken before a program runs.
 * @throws LibraryNotFoundError when there is no library at that path.
 */
export function createTensorFlowRuntime(options: TensorFlowRuntimeOptions): TensorFlowRuntime {
  return new TensorFlowRuntime(options);
}
