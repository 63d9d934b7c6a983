import { FormatError } from '../format-error.js';
import type { Hdf5Reader } from './hdf5-reader.js';
import { writeHdf5 } from './hdf5-writer.js';
import { Budget, declareLayers, expectWritable, MAX_BYTES, readGroup, writeLayers, type DeclaredGroup } from './keras-groups.js';
import { CallersError, withFile } from './read-file.js';
import type { ReadOptions, WeightsFile } from './weights-file.js';

/**
 * Reads what `model.save_weights('….h5')` wrote (Keras 1.2 to 2.x, tf-keras), or the weights of a whole model's file.
 * All that the file declares is checked before any array is read.
 *
 * @throws FormatError naming the path within the file.
 */
export async function readWeightsFile(bytes: Uint8Array, options: ReadOptions = {}): Promise<WeightsFile> {
  return withFile(bytes, (file) => {
    const root = file.attributes('/').has('layer_names') || !file.has('/model_weights') ? '/' : '/model_weights';
    if (root === '/') refuseKeras3(file);
    return readWeights(file, root, options, new Budget(options.maxBytes ?? MAX_BYTES));
  });
}

/** The weights below `root`, with the version and backend that the file states there. */
export function readWeights(file: Hdf5Reader, root: string, { expect }: ReadOptions, budget: Budget): WeightsFile {
  const groups = declareLayers(file, root, budget);
  if (expect) compare(groups, expect);
  return {
    // Keras 1.2 states it for a whole model only, and there at the top.
    kerasVersion: file.text(root, 'keras_version') ?? file.text('/', 'keras_version') ?? '1',
    backend: file.text(root, 'backend') ?? 'tensorflow',
    layers: groups.map((group) => ({ layer: group.name, weights: readGroup(file, group) })),
  };
}

/** Writes a weights file as `model.save_weights` of Keras 2.0.8 does. */
export async function writeWeightsFile({ layers, kerasVersion, backend }: WeightsFile): Promise<Uint8Array> {
  expectWritable(layers.flatMap(({ weights }) => weights));
  return writeHdf5((file) => writeLayers(file, '/', layers, kerasVersion, backend));
}

/** Asks the caller whether what is declared is what it expects. */
export function compare(groups: readonly Pick<DeclaredGroup, 'name' | 'weights'>[], expect: NonNullable<ReadOptions['expect']>): void {
  try {
    for (const { name, weights } of groups) expect(name, weights);
  } catch (error) {
    throw new CallersError(error);
  }
}

function refuseKeras3(file: Hdf5Reader): void {
  const keras3 = ['/layers', '/_layer_checkpoint_dependencies'].some((group) => file.has(group));
  if (keras3 && file.list('/', 'layer_names') === undefined)
    throw new FormatError('unsupported_layout', 'the file', "expected the .h5 layout of Keras 2, received that of Keras 3's *.weights.h5; save the whole model with model.save('model.h5') instead");
}
