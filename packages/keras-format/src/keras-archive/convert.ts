import { readModelFile } from '../h5/model-file.js';
import { type WriteArchiveOptions, writeKerasArchive } from './write.js';

/**
 * A whole model's `.h5`, of whichever Keras, as the `.keras` archive that Keras 3 opens: see `writeKerasArchive`.
 *
 * @param h5 a file of our own: what others made is read by `readUntrusted(bytes, 'model')`, and given to `writeKerasArchive`.
 * @throws FormatError `not_in_keras3` naming the layer or argument that Keras 3 does not have.
 */
export async function toKerasArchive(h5: Uint8Array, options: WriteArchiveOptions = {}): Promise<Uint8Array> {
  return writeKerasArchive(await readModelFile(h5), options);
}
