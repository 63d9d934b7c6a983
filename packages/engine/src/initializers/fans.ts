/**
 * Keras's `_compute_fans` for channels-last kernels: (fan_in, fan_out) of a weight's shape. A dense kernel's are its two
 * dimensions; a convolution's are multiplied with its receptive field; any other shape takes the root of its size for both.
 */
export function computeFans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const size = (dimensions: readonly number[]): number => dimensions.reduce((product, dimension) => product * dimension, 1);
  if (shape.length === 2) return { fanIn: shape[0] ?? 1, fanOut: shape[1] ?? 1 };
  if (shape.length >= 3 && shape.length <= 5) {
    const field = size(shape.slice(0, -2));
    return { fanIn: field * (shape.at(-2) ?? 1), fanOut: field * (shape.at(-1) ?? 1) };
  }
  const root = Math.sqrt(size(shape));
  return { fanIn: root, fanOut: root };
}
