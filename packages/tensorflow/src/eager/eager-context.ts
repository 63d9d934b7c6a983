import { encodeConfig, type TensorFlowConfig } from '../config/config-proto.js';
import { readDevices, type Device } from '../config/device.js';
import type { Pointer } from '../library/native.js';
import { NativeHandle } from '../library/native-handle.js';
import type { TensorFlow } from '../library/tensorflow.js';

/** A TFE_Context: what eager ops run in. Making one takes the GPU's memory, within the config's limits. */
export class EagerContext {
  readonly devices: readonly Device[];
  readonly #handle: NativeHandle;

  constructor(tensorflow: TensorFlow, config: TensorFlowConfig) {
    const { api } = tensorflow;
    const proto = encodeConfig(config);
    const options = api.newContextOptions();
    try {
      tensorflow.checked('the config of the eager context', (status) => api.contextOptionsSetConfig(options, proto, proto.length, status));
      const context = tensorflow.created('creating the eager context', (status) => api.newContext(options, status));
      this.#handle = new NativeHandle(tensorflow.live, 'context', context, (pointer) => api.deleteContext(pointer));
    } finally {
      api.deleteContextOptions(options);
    }
    this.devices = readDevices(
      tensorflow,
      tensorflow.created('listing the devices', (status) => api.contextListDevices(this.pointer, status)),
    );
  }

  get pointer(): Pointer {
    return this.#handle.pointer;
  }

  /** The first GPU; tensors are put there, as TensorFlow's kernels expect. */
  get gpu(): Device | undefined {
    return this.devices.find((device) => device.type === 'GPU');
  }

  dispose(): void {
    this.#handle.dispose();
  }
}
