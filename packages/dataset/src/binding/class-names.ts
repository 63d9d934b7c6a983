import type { Source, Transform } from '@trainyard/protocol';
import type { Plan } from './plan.js';
import type { BoundArray } from './steps.js';

/** The names of an output's classes in the order of their numbers; null for the class of unknown words, which has none. */
export type ClassNames = readonly (string | null)[];

/**
 * What the classes of outputs are called, of those whose targets were names before transforms made numbers of them, or
 * are the folders of images.
 * @param transforms the source's, with all their arguments
 * @param folders of images in classes: the table's `classes`
 */
export function classNamesOf(plan: Pick<Plan, 'y' | 'steps'>, transforms: readonly Transform[], format: Source['format'], folders: readonly string[] | undefined): Record<string, ClassNames> {
  const named = plan.y.flatMap((output): [string, ClassNames][] => {
    const [column, ...others] = output.columns;
    if (column === undefined || others.length > 0) return []; // columns side by side are no classes
    const first = format === 'images' && column === 'y' ? folders : undefined;
    const names = indicesOf(plan, column, output).reduce<ClassNames | undefined>((before, index) => namesAfter(before, transforms[index]), first);
    return names ? [[output.name, names]] : [];
  });
  return Object.fromEntries(named);
}

/** Which transforms change an output's only column, in their order. */
function indicesOf({ steps }: Pick<Plan, 'steps'>, column: string, { transforms }: BoundArray): number[] {
  return [...steps.filter((step) => 'transform' in step && step.column === column), ...transforms].map(({ index }) => index);
}

/** The classes' names after a transform; none where the numbers are other ones then. */
function namesAfter(before: ClassNames | undefined, transform: Transform | undefined): ClassNames | undefined {
  if (transform === undefined) return before;
  if ('one_hot' in transform) return transform.one_hot.vocabulary;
  if ('index' in transform) return transform.index.unknown === 'zero' ? [null, ...(transform.index.vocabulary ?? [])] : transform.index.vocabulary;
  if ('to_categorical' in transform) return transform.to_categorical.classes ?? before;
  return 'cast' in transform || 'reshape' in transform || 'fill' in transform ? before : undefined;
}
