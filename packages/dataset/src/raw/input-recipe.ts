import type { InputRecipe, Source, SourceFormat } from '@trainyard/protocol';
import type { Plan } from '../binding/plan.js';
import type { Table } from '../formats/table.js';

/**
 * What predictions of raw rows have to know of a source.
 * @param plan by which the model is trained
 * @param table the source's first one
 */
export async function inputRecipeOf(source: Source, format: SourceFormat, plan: Plan, table: Table): Promise<InputRecipe> {
  const used = new Set(plan.x.flatMap(({ columns }) => columns));
  const requests = plan.requests.filter(({ name }) => used.has(name));
  const changing = new Set([
    ...plan.steps.flatMap((step) => ('transform' in step && used.has(step.column) ? step.index : [])),
    ...plan.x.flatMap(({ transforms }) => transforms.map(({ index }) => index)),
  ]);
  return {
    format,
    ...(source.csv && { csv: source.csv }),
    ...(source.images && { images: source.images }),
    names: [...table.columnNames],
    columns: await Promise.all(requests.map(async (request) => ({ name: request.name, type: (await table.column(request)).type, missing: request.missing }))),
    inputs: plan.x.map(({ name, columns }) => ({ name, columns: [...columns] })),
    transforms: source.transforms.filter((_, index) => changing.has(index)),
  };
}
