import { type ConfigReader, type Trainer, weightRefsByLayer, type WeightRef } from '@trainyard/engine';
import { isJsonObject } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { tensorBoardRun } from '../../object-keys.js';
import type { Attempt } from '../attempt.js';

interface Parts {
  readonly attempt: Attempt;
  readonly trainer: Trainer;
}

interface Embedding {
  readonly layer: string;
  readonly weight: WeightRef;
  readonly file: string;
  /** Of the rows' labels, as TensorBoard finds it beside the log. */
  readonly metadata: string | undefined;
}

/**
 * Embeddings for TensorBoard's projector, beside the event files: a table of tab-separated numbers for each layer, and
 * `projector_config.pbtxt`, which names them. Keras 2.0 writes a checkpoint of TensorFlow's instead; the projector reads
 * both. A table is replaced by that of a later epoch.
 */
export class EmbeddingFiles {
  readonly #frequency: number;
  readonly #embeddings: readonly Embedding[];

  /** @throws FormatError where a layer is named that the model does not have, or that has no weight of two dimensions. */
  constructor(
    config: ConfigReader,
    private readonly parts: Parts,
  ) {
    this.#frequency = config.integer('embeddings_freq', { min: 0, otherwise: 0 });
    this.#embeddings = this.#frequency === 0 ? [] : embeddingsOf(config, parts.trainer);
  }

  async write(epoch: number): Promise<void> {
    if (this.#embeddings.length === 0 || epoch % this.#frequency !== 0) return;
    const { attempt, trainer } = this.parts;
    const values = await trainer.program.read(this.#embeddings.map(({ weight }) => weight.variable));
    const prefix = tensorBoardRun(attempt.order.project, attempt.order.ref.jobId);
    const files = this.#embeddings.map(({ file }, i): [string, string] => [file, table(values[i] as NdArray)]);
    for (const [name, text] of [...files, ['projector_config.pbtxt', projectorConfig(this.#embeddings)] as const]) {
      attempt.journal.add(async () => {
        await attempt.store.put(prefix + name, Buffer.from(text));
      });
    }
  }
}

/** Keras's choice: the layers that are named, else every Embedding; of each its first weight. */
function embeddingsOf(config: ConfigReader, { compiled }: Trainer): Embedding[] {
  const wanted = config.raw('embeddings_layer_names');
  const metadata = config.raw('embeddings_metadata');
  const layers = weightRefsByLayer(compiled.model).filter(({ layer }) => (Array.isArray(wanted) && wanted.length > 0 ? wanted.includes(layer.name) : layer.className === 'Embedding'));
  const missing = Array.isArray(wanted) && wanted.some((name) => !layers.some(({ layer }) => layer.name === name));
  if (missing) throw config.refuse('embeddings_layer_names', `names of layers (${compiled.model.layers.map(({ name }) => name).join(', ')})`);
  return layers.map(({ layer, weights: [weight] }, i) => {
    if (weight?.spec.shape.length !== 2) throw config.refuse('embeddings_layer_names', `layers whose first weight has two dimensions, which "${layer.name}" does not have`);
    const own = isJsonObject(metadata) ? metadata[layer.name] : metadata;
    return { layer: layer.name, weight, file: `embedding_${i}.tsv`, metadata: typeof own === 'string' ? own : undefined };
  });
}

function table({ shape, data }: NdArray): string {
  const [rows = 0, width = 1] = shape;
  let text = '';
  for (let row = 0; row < rows; row++) text += `${Array.from({ length: width }, (_, i) => Number(data[row * width + i])).join('\t')}\n`;
  return text;
}

/** A ProjectorConfig in protobuf's text format. */
function projectorConfig(embeddings: readonly Embedding[]): string {
  const entry = ({ layer, weight, file, metadata }: Embedding): string => {
    const fields = [`tensor_name: ${JSON.stringify(layer)}`, `tensor_path: ${JSON.stringify(file)}`, ...weight.spec.shape.map((length) => `tensor_shape: ${length}`)];
    if (metadata !== undefined) fields.push(`metadata_path: ${JSON.stringify(metadata)}`);
    return `embeddings {\n${fields.map((field) => `  ${field}\n`).join('')}}\n`;
  };
  return embeddings.map(entry).join('');
}
