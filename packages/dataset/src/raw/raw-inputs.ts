import { bytesPerElement, sizeOf, type NdArray } from '@trainyard/ndarray';
import type { Fitted, InputRecipe } from '@trainyard/protocol';
import { applyPlan, specsOf } from '../binding/apply-plan.js';
import type { RowRandom } from '../binding/frame.js';
import { makePlan, withoutChance, type Plan } from '../binding/plan.js';
import type { ArraySpec } from '../dataset.js';
import { withFitted } from '../fitting/fitted.js';
import { compileTransforms } from '../transforms/registry.js';
import type { RawRows } from './raw-rows.js';
import { RawTable } from './raw-table.js';

/** Makes a model's inputs of raw rows, as training made them of the rows of its files. */
export class RawInputs {
  /** The columns that inputs are made of. */
  readonly columns: readonly string[];
  private readonly names: ReadonlySet<string>;

  private constructor(
    private readonly recipe: InputRecipe,
    private readonly plan: Plan,
    /** The model's inputs, in its order. */
    readonly specs: readonly ArraySpec[],
  ) {
    this.columns = recipe.columns.map(({ name }) => name);
    this.names = new Set(recipe.names);
  }

  /**
   * @param fitted what the transforms learnt from the data that the model is trained on
   * @throws DataError for a recipe that cannot be followed
   */
  static async of(recipe: InputRecipe, fitted: Fitted): Promise<RawInputs> {
    const table = new RawTable(recipe, noRows);
    const x = Object.fromEntries(recipe.inputs.map(({ name, columns }) => [name, columns]));
    const transforms = compileTransforms(withFitted(recipe.transforms, fitted));
    const plan = withoutChance(await makePlan({ x }, transforms, recipe.inputs.map(({ name }) => name), [], table));
    return new RawInputs(recipe, plan, (await specsOf(plan, table)).x);
  }

  /** Whether the files have the column. Rows may have those that no input is made of, such as targets: nobody looks at them. */
  knows(column: string): boolean {
    return this.names.has(column);
  }

  /** What the inputs of one row take. */
  get rowBytes(): number {
    return this.specs.reduce((sum, { dtype, shape }) => sum + sizeOf(shape) * bytesPerElement(dtype), 0);
  }

  /**
   * One array an input, with a row for each.
   * @throws DataError, whose place is the pointer that `rows` gives to the value that cannot be used
   */
  async make(rows: RawRows): Promise<NdArray[]> {
    const table = new RawTable(this.recipe, rows);
    return (await applyPlan(this.plan, table, await table.block(this.plan.requests), nothingRandom)).x;
  }
}

const noRows: RawRows = { count: 0, column: () => [], place: () => '' };

/** Predictions of a row are the same each time. */
const nothingRandom: RowRandom = () => {
  throw new Error('a transform at random was asked of rows to predict for');
};
