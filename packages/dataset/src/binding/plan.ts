import type { Source } from '@trainyard/protocol';
import { DataError, listNames } from '../data-error.js';
import type { ColumnRequest, Table } from '../formats/table.js';
import type { CompiledTransform, NamedTransform } from '../transforms/registry.js';
import { isFitted, stillOf } from '../transforms/transform.js';
import { bindNames, bindSampleWeight, inputSide, outputSide, type Binding, type GivenBinding } from './bind-names.js';
import { requestsOf } from './requests.js';
import { selectedColumns } from './select.js';
import { stepsOf, type BoundArray, type Step } from './steps.js';

/**
 * How rows of a table become rows of the dataset. A pure function of the source with its transforms fitted, the model's
 * names and the first table, so that any thread that opens them has the same.
 */
export interface Plan {
  /** Made of the columns one after another, as the source lists them. */
  readonly steps: readonly Step[];
  readonly x: readonly BoundArray[];
  readonly y: readonly BoundArray[];
  readonly sampleWeight: readonly (BoundArray | undefined)[] | undefined;
  /** The columns that are read, each once. */
  readonly requests: readonly ColumnRequest[];
  /** Some rows are left out: how many there are, only reading tells. */
  readonly filtered: boolean;
  /** The pointer of the first transform that gives other rows in each pass. */
  readonly random: string | undefined;
}

type Fields = Pick<Source, 'x' | 'y' | 'sample_weight'>;

/**
 * @param table the first one: it tells what a source means that names no columns
 * @throws DataError with a pointer into the source
 */
export async function makePlan(source: Fields, transforms: readonly CompiledTransform[], inputs: readonly string[], outputs: readonly string[], table: Table): Promise<Plan> {
  const sampleWeight = bindSampleWeight(source.sample_weight, outputs);
  const y = bindNames(source.y, outputs, outputSide) ?? byDefault(outputs, () => inferY(table));
  // Without outputs, targets are not looked at: they are no inputs all the same.
  const unnamed = outputs.length === 0 && source.y === undefined ? ['y'] : [];
  const targets = [...columnsOf(source.y), ...columnsOf(source.sample_weight), ...unnamed];
  const keys = transforms.flatMap((transform) => ('filter' in transform && transform.filter.ofKey ? (transform.column ?? []) : []));
  const others = [...targets, ...y.flatMap(({ columns }) => columns), ...keys];
  const selected = selectedColumns(transforms, source.x, inputs, others, table);
  const x = bindNames(source.x, inputs, inputSide) ?? byDefault(inputs, () => selected ?? table.inferX(others));
  // Predicting from the source that a model was trained on: what is said of its targets is not looked at.
  const ignored = outputs.length === 0 ? ['y', ...targets] : [];
  const { steps, bind } = stepsOf(transforms, { x, y, sampleWeight: sampleWeight ?? [] }, ignored, table);
  const arrays = { x: x.map(bind), y: y.map(bind), sampleWeight: sampleWeight?.map((binding) => binding && bind(binding)) };
  const plan = { steps, ...arrays, filtered: steps.some((step) => 'filter' in step) };
  return { ...plan, requests: await requestsOf(arraysOf(arrays), steps, table), random: randomOf(plan) };
}

/** All arrays of a plan. */
export function arraysOf({ x, y, sampleWeight }: Pick<Plan, 'x' | 'y' | 'sampleWeight'>): BoundArray[] {
  return [...x, ...y, ...(sampleWeight ?? [])].flatMap((bound) => bound ?? []);
}

/** The plan by which the same rows are made whenever they are read: of transforms at random what is left of them without chance. */
export function withoutChance(plan: Plan): Plan {
  if (plan.random === undefined) return plan;
  const still = (named: NamedTransform): NamedTransform => (isFitted(named.transform) ? { ...named, transform: stillOf(named.transform) } : named);
  const bound = (array: BoundArray): BoundArray => ({ ...array, transforms: array.transforms.map(still) });
  return {
    ...plan,
    steps: plan.steps.map((step) => ('transform' in step ? still(step) : step)),
    x: plan.x.map(bound),
    y: plan.y.map(bound),
    sampleWeight: plan.sampleWeight?.map((array) => array && bound(array)),
    random: undefined,
  };
}

function randomOf(plan: Pick<Plan, 'steps' | 'x' | 'y' | 'sampleWeight'>): string | undefined {
  const all = [...plan.steps, ...arraysOf(plan).flatMap(({ transforms }) => transforms)];
  return all.flatMap((step) => ('transform' in step && isFitted(step.transform) && step.transform.random ? step.transform.pointer : []))[0];
}

function byDefault(names: readonly string[], infer: () => readonly string[]): Binding[] {
  const [only] = names;
  // A model of several inputs finds each in the column of its name.
  if (names.length !== 1 || only === undefined) return names.map((name) => ({ name, columns: [name] }));
  return [{ name: only, columns: infer() }];
}

function columnsOf(given: GivenBinding): string[] {
  if (given === undefined) return [];
  return typeof given === 'object' ? Object.values(given).flat() : [given];
}

function inferY(table: Table): readonly string[] {
  if (table.inferY) return table.inferY();
  if (table.columnNames.includes('y')) return ['y'];
  throw new DataError(table.name, `expected targets named "y", there are ${listNames(table.columnNames)}; say which with "y"`, { pointer: '/y' });
}
