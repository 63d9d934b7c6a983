import { type Batch, Callback, type CallbackDefinition, type ConfigReader, type TensorKey, type Trainer, weightRefsByLayer } from '@trainyard/engine';
import type { NdArray } from '@trainyard/ndarray';
import type { Summary } from '@trainyard/tensorboard';
import type { Attempt } from '../attempt.js';
import type { EventFiles } from '../records/event-files.js';
import { keepStates } from '../keep-states.js';
import { histogram } from '../summaries/histogram.js';
import { layerGraph } from '../summaries/layer-graph.js';
import { EmbeddingFiles } from './embedding-files.js';
import { weightImages } from '../summaries/weight-image.js';

interface Parts {
  readonly trainer: Trainer;
  readonly events: EventFiles;
  readonly attempt: Attempt;
  /** A batch for the distributions of layers' outputs and of gradients. */
  readonly sampleRows: () => Promise<Batch | undefined>;
}

/**
 * What Keras's TensorBoard adds to the scalars, which every job has: the graph, and every `histogram_freq` epochs the
 * distributions of weights, of their gradients and of layers' outputs, and weights as pictures. Outputs and gradients are
 * those of one batch, of the validation data where there is some. Every `embeddings_freq` epochs embeddings are written
 * for TensorBoard's projector.
 */
class TensorBoard extends Callback {
  readonly #frequency: number;
  readonly #images: boolean;
  readonly #graph: boolean;
  readonly #gradients: boolean;
  readonly #embeddings: EmbeddingFiles;

  constructor(
    config: ConfigReader,
    private readonly parts: Parts,
  ) {
    super();
    this.#frequency = config.integer('histogram_freq', { min: 0, otherwise: 0 });
    this.#images = config.boolean('write_images', false);
    this.#graph = config.boolean('write_graph', true);
    this.#gradients = config.boolean('write_grads', false);
    this.#embeddings = new EmbeddingFiles(config, parts);
  }

  override onTrainBegin(): void {
    const { events, trainer } = this.parts;
    if (this.#graph) events.add({ step: 0, graph: layerGraph(trainer.compiled.model) });
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    await this.#embeddings.write(epoch);
    if (this.#frequency === 0 || epoch % this.#frequency !== 0) return;
    this.parts.events.add({ step: epoch, summaries: [...(await this.#ofWeights()), ...(await this.#ofOutputs())] });
  }

  async #ofWeights(): Promise<Summary[]> {
    const { program, compiled } = this.parts.trainer;
    const weights = weightRefsByLayer(compiled.model).flatMap((layer) => layer.weights);
    const values = await program.read(weights.map(({ variable }) => variable));
    const gradients = await this.#ofLoss();
    return weights.flatMap(({ kerasName, variable }, i) => {
      const tag = kerasName.replace(':', '_');
      const value = values[i] as NdArray;
      const gradient = gradients?.get(variable);
      return [
        histogram(tag, value.data as ArrayLike<number>),
        ...(gradient ? [histogram(`${tag}_grad`, gradient.data as ArrayLike<number>)] : []),
        ...(this.#images ? weightImages(tag, value) : []),
      ];
    });
  }

  async #ofLoss(): Promise<ReadonlyMap<string, NdArray> | undefined> {
    const { trainer } = this.parts;
    const rows = this.#gradients ? await this.parts.sampleRows() : undefined;
    return rows && trainer.gradients(trainer.standardize(rows));
  }

  async #ofOutputs(): Promise<Summary[]> {
    const { program, compiled } = this.parts.trainer;
    const inputs = (await this.parts.sampleRows())?.x;
    if (!inputs) return [];
    const { model } = compiled;
    // As Keras does, only of layers that are called once: others have no single `output`.
    const once = model.layers.flatMap((layer) => {
      const calls = model.nodes.filter((node) => node.layer === layer);
      return calls.length === 1 && calls[0] ? [calls[0]] : [];
    });
    const also = once.map((node): TensorKey => ({ node, tensor: 0 }));
    const outputs = await keepStates(program, () => program.predict(inputs, { batchSize: inputs[0]?.shape[0] ?? 1, also }));
    return once.map(({ layer }, i) => histogram(`${layer.name}_out`, outputs[model.outputs.length + i]?.data as ArrayLike<number>));
  }
}

export function tensorBoard(parts: Parts): CallbackDefinition {
  return {
    className: 'TensorBoard',
    arguments: ['log_dir', 'histogram_freq', 'batch_size', 'write_graph', 'write_grads', 'write_images', 'embeddings_freq', 'embeddings_layer_names', 'embeddings_metadata'],
    create: (config) => new TensorBoard(config, parts),
  };
}
