import { realpathSync } from 'node:fs';

import { eagerFunctions, type EagerFunctions } from './eager-functions.js';
import { resolveLibrary } from './find-library.js';
import { functionFunctions, type FunctionFunctions } from './function-functions.js';
import { graphFunctions, type GraphFunctions } from './graph-functions.js';
import { LiveHandles } from './live-handles.js';
import { cLibrary, loadForGood, type NativeLibrary, type Pointer } from './native.js';
import { NativeHandle } from './native-handle.js';
import { opFunctions, type OpFunctions } from './op-functions.js';
import { withoutChatter } from './quiet.js';
import { sessionFunctions, type SessionFunctions } from './session-functions.js';
import { statusFunctions, type StatusFunctions } from './status-functions.js';
import { tensorFunctions, type TensorFunctions } from './tensor-functions.js';
import { TensorFlowError } from './tensorflow-error.js';

/** The C API, by concern. */
export type CApi = StatusFunctions & TensorFunctions & GraphFunctions & FunctionFunctions & SessionFunctions & EagerFunctions & OpFunctions;

/** libtensorflow, loaded into this process. */
export class TensorFlow {
  readonly path: string;
  readonly native: NativeLibrary;
  readonly api: CApi;
  readonly live = new LiveHandles();
  /** For synchronous calls, which cannot overlap; what runs on another thread needs a status of its own. */
  readonly #status: Pointer;

  constructor(path: string) {
    this.path = path;
    this.native = withoutChatter(() => loadForGood(path));
    this.api = {
      ...statusFunctions(this.native),
      ...tensorFunctions(this.native),
      ...graphFunctions(this.native),
      ...functionFunctions(this.native),
      ...sessionFunctions(this.native),
      ...eagerFunctions(this.native),
      ...opFunctions(this.native),
    };
    this.#status = this.api.newStatus();
  }

  get version(): string {
    return this.api.version();
  }

  /**
   * Calls a function of the C API that reports through a status.
   * @param place Begins the message of the error.
   * @throws TensorFlowError
   */
  checked<T>(place: string, call: (status: Pointer) => T): T {
    const result = call(this.#status);
    this.check(place, this.#status);
    return result;
  }

  /**
   * As `checked`, for functions that answer a new native object.
   * @throws TensorFlowError
   */
  created(place: string, call: (status: Pointer) => Pointer | null): Pointer {
    const pointer = this.checked(place, call);
    if (!pointer) throw new TensorFlowError(place, 2, 'TensorFlow answered no object and no reason');
    return pointer;
  }

  /**
   * @throws TensorFlowError when the status is not OK.
   */
  check(place: string, status: Pointer): void {
    const code = this.api.getCode(status);
    if (code !== 0) throw new TensorFlowError(place, code, this.api.message(status));
  }

  /** A status for a call that may overlap with others. */
  newStatus(): NativeHandle {
    return new NativeHandle(this.live, 'status', this.api.newStatus(), (pointer) => this.api.deleteStatus(pointer));
  }
}

let loaded: TensorFlow | undefined;

/**
 * Loads libtensorflow. A process holds one, for good: later calls answer the same.
 * @param library The path of `libtensorflow_cc.so.2`, or of the folder that holds it and `libtensorflow_framework.so.2`.
 * @throws LibraryNotFoundError; Error with the loader's message, or when another library has been loaded before.
 */
export function loadTensorFlow(library: string): TensorFlow {
  const path = realpathSync(resolveLibrary(library));
  if (loaded && loaded.path !== path)
    throw new Error(`libtensorflow: this process has loaded ${loaded.path} and cannot load ${path} too; use another process`);
  if (loaded) return loaded;
  const { setenv } = cLibrary();
  // Must be in the C environment before the library is loaded (`process.env` is a copy in a worker thread).
  // ResourceScatterAdd adds in any order without it: 30 equal runs gave up to 23 different results.
  setenv('TF_DETERMINISTIC_OPS', '1', 1);
  // Errors only, unless whoever started the process chose a level.
  setenv('TF_CPP_MIN_LOG_LEVEL', '2', 0);
  loaded = new TensorFlow(path);
  return loaded;
}
