import type { JsonObject, Json } from '@trainyard/protocol';

/** The model as the user gave it: text (JSON or YAML), or a file that was uploaded. */
export type GivenModel = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'file'; readonly uri: string } | undefined;

/** What the form says. Empty texts are what was left out. */
export interface Draft {
  readonly name: string;
  readonly dataset: string | null;
  readonly x: readonly string[];
  readonly y: readonly string[];
  /** A JSON list, as it is typed. */
  readonly transforms: string;
  /** A saved model that was compiled needs no compile arguments. */
  readonly compiled: boolean;
  readonly optimizer: string;
  /** The optimizer's own where it is empty. */
  readonly learningRate: number | '';
  readonly loss: string;
  readonly metrics: readonly string[];
  readonly epochs: number | '';
  readonly batchSize: number | '';
  readonly validationSplit: number | '';
  readonly keepBest: boolean;
  /** Epochs without progress after which it ends; empty: never. */
  readonly patience: number | '';
}

export const emptyDraft: Draft = {
  ...{ name: '', dataset: null, x: [], y: [], transforms: '', compiled: false },
  ...{ optimizer: 'adam', learningRate: '', loss: '', metrics: [] },
  ...{ epochs: 10, batchSize: 32, validationSplit: 0.2, keepBest: true, patience: '' },
};

/** `model` of the request: JSON where the text is JSON, else YAML. */
export function modelField(model: GivenModel): Json | undefined {
  if (model === undefined) return undefined;
  if (model.kind === 'file') return { uri: model.uri };
  const parsed = parseJson(model.text);
  return typeof parsed === 'object' && parsed !== null ? parsed : { yaml: model.text };
}

/** The body that the form describes: of a job, or while there is no data yet, of its model alone. */
export function bodyOf(model: GivenModel, draft: Draft): JsonObject {
  const { name, dataset, x, y, compiled, loss, metrics, epochs, batchSize, validationSplit, keepBest, patience } = draft;
  const given = modelField(model);
  if (dataset === null) return given === undefined ? {} : { model: given };
  const monitor = validationSplit === '' || validationSplit === 0 ? 'loss' : 'val_loss';
  const transforms = parseJson(draft.transforms === '' ? '[]' : draft.transforms);
  const callbacks: Json[] = [];
  // No metric in the name: an epoch that is stopped before its validation has none, and as in Keras that would be an error.
  if (keepBest) callbacks.push({ class_name: 'ModelCheckpoint', config: { filepath: 'best-ep{epoch:03d}.h5', monitor, save_best_only: true } });
  if (patience !== '') callbacks.push({ class_name: 'EarlyStopping', config: { monitor, patience } });
  return {
    ...(name === '' ? {} : { name }),
    ...(given === undefined ? {} : { model: given }),
    ...(compiled ? {} : { compile: { optimizer: optimizerOf(draft), loss, metrics: [...metrics] } }),
    data: { train: { dataset, ...columns('x', x), ...columns('y', y), ...(transforms === undefined ? { transforms: draft.transforms } : isEmptyList(transforms) ? {} : { transforms }) } },
    fit: { ...(batchSize === '' ? {} : { batch_size: batchSize }), ...(epochs === '' ? {} : { epochs }), ...(validationSplit === '' ? {} : { validation_split: validationSplit }) },
    ...(callbacks.length === 0 ? {} : { callbacks }),
  };
}

/** Keras 2.0 calls the learning rate `lr`. */
function optimizerOf({ optimizer, learningRate }: Draft): Json {
  return learningRate === '' ? optimizer : { class_name: optimizer, config: { lr: learningRate } };
}

function columns(name: 'x' | 'y', chosen: readonly string[]): JsonObject {
  const [only] = chosen;
  if (only === undefined) return {};
  return { [name]: chosen.length === 1 ? only : [...chosen] };
}

const isEmptyList = (value: Json): boolean => Array.isArray(value) && value.length === 0;

/** Undefined for what is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
