import { encodeConfig, type TensorFlowConfig } from '../config/config-proto.js';
import { readDevices, type Device } from '../config/device.js';
import type { Graph } from '../graph/graph.js';
import type { Pointer } from '../library/native.js';
import { NativeHandle } from '../library/native-handle.js';
import type { TensorFlow } from '../library/tensorflow.js';
import type { RunPlan } from './run-plan.js';
import type { RunSlot } from './run-slot.js';

/** How one run is executed. */
export interface RunMode {
  /** In the thread that asks for it, which waits. */
  readonly inline?: boolean;
  /** TF_Buffers: of RunOptions that ask for a trace, and for the RunMetadata that will hold it. */
  readonly profile?: { readonly options: Pointer; readonly metadata: Pointer };
}

/** A TF_Session: runs parts of a graph, whose variables live in it. The graph may grow between runs. */
export class Session {
  readonly #tensorflow: TensorFlow;
  readonly #handle: NativeHandle;

  constructor(tensorflow: TensorFlow, graph: Graph, config: TensorFlowConfig) {
    this.#tensorflow = tensorflow;
    const { api } = tensorflow;
    const jit = config.graph?.globalJitLevel;
    // A session's level has no effect on the CPU before the process allows it there.
    if (jit !== undefined && jit !== 'off') api.setXlaCpuGlobalJit(1);
    const proto = encodeConfig(config);
    const options = api.newSessionOptions();
    try {
      tensorflow.checked('the config of the session', (status) => api.setConfig(options, proto, proto.length, status));
      const session = tensorflow.created('creating the session', (status) => api.newSession(graph.pointer, options, status));
      this.#handle = new NativeHandle(tensorflow.live, 'session', session, (pointer) => closeAndDelete(tensorflow, pointer));
    } finally {
      api.deleteSessionOptions(options);
    }
  }

  get pointer(): Pointer {
    return this.#handle.pointer;
  }

  devices(): Device[] {
    const { api } = this.#tensorflow;
    return readDevices(
      this.#tensorflow,
      this.#tensorflow.created('listing the devices', (status) => api.sessionListDevices(this.pointer, status)),
    );
  }

  /**
   * Runs on another thread and then calls back on this one, or, `inline`, runs before it returns. How it went is in the
   * slot's status.
   */
  run(plan: RunPlan, slot: RunSlot, { inline = false, profile }: RunMode, done: (error: Error | null) => void): void {
    const { sessionRun } = this.#tensorflow.api;
    const call: Parameters<typeof sessionRun> = [
      this.pointer,
      profile?.options ?? (inline ? plan.inlineOptions : null),
      plan.inputs,
      slot.inputValues,
      plan.feeds.length,
      plan.outputs,
      slot.outputValues,
      plan.fetches.length,
      plan.targets,
      plan.targetCount,
      profile?.metadata ?? null,
      slot.status,
    ];
    if (!inline) return sessionRun.async(...call, done);
    sessionRun(...call);
    done(null);
  }

  /** Frees the variables and what their devices hold. No run may be in flight. */
  dispose(): void {
    this.#handle.dispose();
  }
}

function closeAndDelete(tensorflow: TensorFlow, session: Pointer): void {
  const { api } = tensorflow;
  tensorflow.checked('closing the session', (status) => api.closeSession(session, status));
  tensorflow.checked('deleting the session', (status) => api.deleteSession(session, status));
}
