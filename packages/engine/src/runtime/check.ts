import type { NdArray } from '@trainyard/ndarray';

import type { StepDefinition, VariableSpec } from './runtime.js';

function sameShape(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((dimension, axis) => dimension === other[axis]);
}

function text({ dtype, shape }: { dtype: string; shape: readonly number[] }): string {
  return `${dtype} [${shape.join(', ')}]`;
}

/** @throws RangeError naming the first feed that is missing or is not of the declared shape and dtype. */
export function checkFeeds(step: StepDefinition, feeds: Readonly<Record<string, NdArray>>): void {
  for (const spec of step.feeds) {
    const feed = feeds[spec.name];
    if (!feed) throw new RangeError(`step "${step.name}", feed "${spec.name}": expected ${text(spec)}, received nothing`);
    if (feed.dtype !== spec.dtype || !sameShape(feed.shape, spec.shape))
      throw new RangeError(`step "${step.name}", feed "${spec.name}": expected ${text(spec)}, received ${text(feed)}`);
  }
}

/** @throws RangeError when there is no such variable, or when the value is not of its shape and dtype. */
export function checkVariable(spec: VariableSpec | undefined, name: string, value: NdArray): void {
  if (!spec) throw new RangeError(`variable "${name}": expected one of the program's, which has none of that name`);
  if (value.dtype !== spec.dtype || !sameShape(value.shape, spec.shape))
    throw new RangeError(`variable "${name}": expected ${text(spec)}, received ${text(value)}`);
}
