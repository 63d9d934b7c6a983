import { decodeMetric, type ColumnScan, type DatasetScan, type Json, type Transform } from '@trainyard/protocol';
import { modelField, type Draft, type GivenModel } from './draft.js';

type Suggestion = Pick<Draft, 'x' | 'y' | 'transforms' | 'loss' | 'metrics'>;

/** A text column with more values than these is prose, not classes. */
const mostClasses = 100;

/**
 * How the data may be put to the model: which columns are targets, what makes numbers of them, and the loss that suits the
 * model's last activation. A beginning, for the user to change.
 */
export function suggest(model: GivenModel, scan: DatasetScan): Suggestion {
  const y = targetOf(scan.columns);
  const x = scan.columns.filter((column) => column !== y);
  const { loss, metrics } = lossFor(lastActivation(modelField(model)), y);
  const transforms = [...x.flatMap(inputTransforms), ...(y === undefined ? [] : targetTransforms(y, loss))];
  return { x: x.map(({ name }) => name), y: y === undefined ? [] : [y.name], transforms: transforms.length === 0 ? '' : JSON.stringify(transforms, null, 1), loss, metrics };
}

/** The column that is called like a target, else the last one that holds classes, else the last one. */
function targetOf(columns: readonly ColumnScan[]): ColumnScan | undefined {
  const named = columns.find(({ name }) => /^(y|target|targets|label|labels|class|species)$/i.test(name));
  return named ?? columns.findLast(({ classes }) => classes !== null) ?? columns.at(-1);
}

function inputTransforms({ name, kind, dtype, shape, numbers, classes }: ColumnScan): Transform[] {
  if (kind === 'text') return classes !== null && classes.length <= mostClasses ? [{ one_hot: { column: name, unknown: 'error' } }] : [];
  if (kind !== 'numbers' || numbers?.max == null) return [];
  const isImage = (shape?.length ?? 0) >= 2 && dtype === 'uint8';
  const most = decodeMetric(numbers.max.value);
  if (isImage && most > 1) return [{ rescale: { column: name, scale: 1 / most, offset: 0 } }];
  return shape?.length === 0 && numbers.std !== null && numbers.std > 0 && dtype?.startsWith('float') === true ? [{ standardize: { column: name } }] : [];
}

function targetTransforms({ name, kind, classes, shape }: ColumnScan, loss: string): Transform[] {
  if (kind === 'text' && classes !== null) return [{ index: { column: name, unknown: 'error' } }];
  return loss === 'categorical_crossentropy' && (shape?.length ?? 0) === 0 ? [{ to_categorical: { column: name } }] : [];
}

function lossFor(activation: string | undefined, y: ColumnScan | undefined): Pick<Suggestion, 'loss' | 'metrics'> {
  const isVector = (y?.shape?.at(-1) ?? 1) > 1;
  if (activation === 'softmax') return { loss: isVector ? 'categorical_crossentropy' : 'sparse_categorical_crossentropy', metrics: ['accuracy'] };
  if (activation === 'sigmoid') return { loss: 'binary_crossentropy', metrics: ['accuracy'] };
  return { loss: 'mean_squared_error', metrics: ['mean_absolute_error'] };
}

/** The activation of the last layer of a model's JSON; undefined where that is not known. */
export function lastActivation(model: Json | undefined): string | undefined {
  const config = field(model, 'config');
  const layers = Array.isArray(config) ? config : field(config, 'layers');
  const last = Array.isArray(layers) ? layers.at(-1) : undefined;
  const className = field(last, 'class_name');
  const activation = field(field(last, 'config'), 'activation');
  if (className === 'Softmax') return 'softmax';
  return typeof activation === 'string' ? activation : undefined;
}

const field = (value: Json | undefined, name: string): Json | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined);
