/** Graph optimizations may fold constants and put operations in another order: the last bits of a float32, no more. */
const TOLERANCE = 2e-6;

/**
 * Where what a session computed differs from what the eager op gave; undefined where it does not.
 *
 * @param {{ dtype: string, data: ArrayLike<number | bigint> }} traced
 * @param {ArrayLike<number | bigint>} eager tfjs's own array of the values
 */
export function compareValues(traced, eager) {
  if (traced.data.length !== eager.length) return `${traced.data.length} values, eagerly ${eager.length}`;
  const isFloat = traced.dtype.startsWith('float');
  for (let i = 0; i < eager.length; i++) {
    const [a, b] = [Number(traced.data[i]), Number(eager[i])];
    if (Object.is(a, b) || a === b) continue;
    if (!isFloat || !(Math.abs(a - b) <= TOLERANCE * (1 + Math.abs(b)))) return `value ${i} is ${a}, eagerly ${b}`;
  }
  return undefined;
}
