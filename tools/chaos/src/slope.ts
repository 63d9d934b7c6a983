/** How much `y` grows for 1 of `x`: the slope of the line that fits best. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const covariance = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
}

/** By how much the least of the second half is above that of the first. */
export function risen(values: readonly number[]): number {
  const half = Math.ceil(values.length / 2);
  return Math.min(...values.slice(half)) - Math.min(...values.slice(0, half));
}
