/** A tensor's shape; `null` is a dimension that is not known before the data is, the batch as a rule. */
export type Shape = readonly (number | null)[];

/** Keras's spelling: `(None, 20)`. */
export function shapeText(shape: Shape): string {
  const inside = shape.map((dimension) => dimension ?? 'None').join(', ');
  return shape.length === 1 ? `(${inside},)` : `(${inside})`;
}

/** Number of elements of one row (all dimensions but the first); `undefined` while one of them is unknown. */
export function rowSize(shape: Shape): number | undefined {
  let size = 1;
  for (const dimension of shape.slice(1)) {
    if (dimension === null) return undefined;
    size *= dimension;
  }
  return size;
}

/** Whether an array of shape `actual` may be given where `declared` is expected. */
export function fits(declared: Shape, actual: readonly number[]): boolean {
  return declared.length === actual.length && declared.every((dimension, axis) => dimension === null || dimension === actual[axis]);
}

/** The known dimension at `axis` (negative counts from the end), or `null`. */
export function dimensionAt(shape: Shape, axis: number): number | null {
  return shape.at(axis) ?? null;
}
