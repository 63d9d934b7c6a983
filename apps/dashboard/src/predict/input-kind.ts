import type { LayerResource } from '@trainyard/client';
import type { DatasetResource, Job } from '@trainyard/protocol';

/** How a row for a model is typed in. */
export type InputKind =
  /** A picture as a file: the job's transforms decode it. */
  | { readonly kind: 'picture' }
  /** A picture as an array of the file's own numbers, from 0 to `white`. */
  | { readonly kind: 'pixels'; readonly height: number; readonly width: number; readonly channels: 1 | 3; readonly channelsFirst: boolean; readonly white: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'table'; readonly columns: readonly { readonly name: string; readonly isText: boolean }[] }
  | { readonly kind: 'json' };

/** The data of a job that trains. */
export type JobData = NonNullable<Job['data']>;
type Source = JobData['train'];

/**
 * What suits a job's data and the shapes of its model's inputs; JSON always does.
 *
 * @param data undefined where the model was trained elsewhere: then the shapes alone tell
 */
export function inputKindOf(data: JobData | undefined, inputShapes: readonly (readonly (number | null)[])[], dataset: DatasetResource | undefined): InputKind {
  if (data === undefined) return (inputShapes.length === 1 ? pixelsOf(inputShapes[0] ?? [], []) : undefined) ?? { kind: 'json' };
  const { train } = data;
  const names = inputColumns(train, dataset);
  const [only] = names ?? [];
  const isOnly = inputShapes.length === 1 && (names === undefined || names.length === 1);
  if (train.format === 'images' || train.images !== undefined || train.transforms.some((transform) => 'decode_image' in transform)) return { kind: 'picture' };
  if (isOnly && train.transforms.some((transform) => 'tokenize' in transform && (only === undefined || transform.tokenize.column === only))) return { kind: 'text' };
  const pixels = isOnly ? pixelsOf(inputShapes[0] ?? [], train.transforms) : undefined;
  if (pixels !== undefined) return pixels;
  const numbersOnly = dataset?.scan?.columns.every(({ kind, shape }) => kind === 'text' || (kind === 'numbers' && shape?.length === 0)) ?? isTable(train);
  if (names !== undefined && names.length > 0 && numbersOnly) return { kind: 'table', columns: names.map((name) => ({ name, isText: isText(name, train, dataset) })) };
  return { kind: 'json' };
}

/** The shapes of a model's inputs, without the batch axis: of its InputLayers, else of what its first layer takes. */
export function inputShapesOf(layers: readonly LayerResource[]): (number | null)[][] {
  const inputs = layers.filter(({ class_name: className }) => className === 'InputLayer');
  const shapes = inputs.length > 0 ? inputs.flatMap(({ nodes }) => nodes[0]?.output_shapes.slice(0, 1) ?? []) : (layers[0]?.nodes[0]?.input_shapes ?? []);
  return shapes.map((shape) => shape.slice(1));
}

/** Columns of the files that inputs are made of; undefined where only the files tell. */
function inputColumns({ x, y }: Source, dataset: DatasetResource | undefined): string[] | undefined {
  if (x !== undefined) return typeof x === 'string' ? [x] : (Array.isArray(x) ? x : Object.values(x).flat()).filter((name) => !name.includes('*'));
  const targets = y === undefined ? [] : typeof y === 'string' ? [y] : Array.isArray(y) ? y : Object.values(y).flat();
  return dataset?.scan?.columns.map(({ name }) => name).filter((name) => !targets.includes(name));
}

const isTable = ({ format, uri }: Source): boolean => ['csv', 'jsonl', 'parquet'].includes(format ?? '') || [uri].flat().some((name) => /\.(csv|tsv|jsonl|ndjson|parquet)(\.gz)?$/i.test(name));

/** A column is of text where the scan says so, or a transform of the job's takes words. */
function isText(name: string, { transforms }: Source, dataset: DatasetResource | undefined): boolean {
  const scanned = dataset?.scan?.columns.find((column) => column.name === name);
  if (scanned !== undefined) return scanned.kind === 'text';
  return transforms.some((transform) => [('one_hot' in transform && transform.one_hot.column), ('index' in transform && transform.index.column), ('tokenize' in transform && transform.tokenize.column)].includes(name));
}

function pixelsOf(shape: readonly (number | null)[], transforms: Source['transforms']): InputKind | undefined {
  if (shape.some((size) => size === null)) return undefined;
  const sizes = shape as readonly number[];
  const [first = 0, second = 0, third = 1] = sizes;
  if (sizes.length < 2 || sizes.length > 3 || first * second < 16) return undefined;
  const channelsFirst = sizes.length === 3 && (first === 1 || first === 3) && third > 3;
  const [height, width, channels] = channelsFirst ? [second, third, first] : [first, second, third];
  if ((channels !== 1 && channels !== 3) || height < 4 || width < 4 || (sizes.length === 2 && (height > 64 || width > 64))) return undefined;
  const scale = transforms.flatMap((transform) => ('rescale' in transform && transform.rescale.scale > 0 && transform.rescale.scale < 1 ? [transform.rescale.scale] : []))[0];
  return { kind: 'pixels', height, width, channels, channelsFirst, white: scale === undefined ? (transforms.length === 0 ? 1 : 255) : Math.round(1 / scale) };
}
