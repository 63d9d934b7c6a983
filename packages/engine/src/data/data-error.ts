/** Data that a model cannot take. The message begins with the place: which input or target, which row. */
export class ModelDataError extends Error {
  override readonly name = 'ModelDataError';
  constructor(
    readonly code: 'wrong_shape' | 'wrong_count' | 'value_out_of_range' | 'missing_class_weight' | 'no_data',
    readonly place: string,
    problem: string,
  ) {
    super(`${place}: ${problem}`);
  }
}
