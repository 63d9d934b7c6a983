import type { Pointer } from '../library/native.js';
import type { TensorFlow } from '../library/tensorflow.js';

/** A device that a session or a context can use. */
export interface Device {
  /** Such as `/job:localhost/replica:0/task:0/device:GPU:0`. */
  readonly name: string;
  readonly type: string;
  /** How much memory TensorFlow may take of it. */
  readonly memoryBytes: number;
}

/** The devices of a TF_DeviceList, which is then deleted. */
export function readDevices(tensorflow: TensorFlow, list: Pointer): Device[] {
  const { api } = tensorflow;
  try {
    return Array.from({ length: api.deviceListCount(list) }, (_, index) => ({
      name: tensorflow.checked('device', (status) => api.deviceListName(list, index, status)),
      type: tensorflow.checked('device', (status) => api.deviceListType(list, index, status)),
      memoryBytes: Number(tensorflow.checked('device', (status) => api.deviceListMemoryBytes(list, index, status))),
    }));
  } finally {
    api.deleteDeviceList(list);
  }
}
