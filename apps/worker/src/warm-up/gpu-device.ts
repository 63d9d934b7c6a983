import { existsSync } from 'node:fs';

/** Where drivers show that there is a GPU: NVIDIA's, the same through WSL, AMD's. */
const deviceFiles = ['/dev/nvidiactl', '/dev/dxg', '/dev/kfd'];

/** Whether this machine may have a GPU. Asks no driver: that alone can take a GPU's memory. */
export function mayHaveGpu(): boolean {
  return deviceFiles.some((file) => existsSync(file));
}
