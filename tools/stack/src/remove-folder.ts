import { rm } from 'node:fs/promises';

/** Removes a folder that our processes worked in. A training process ends itself once its supervisor is gone, and may be in the middle of writing. */
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
