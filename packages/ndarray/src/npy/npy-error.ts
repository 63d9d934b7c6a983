/** An .npy or .npz that cannot be read; the message begins with the place: the array, or `the npz file`. */
export class NpyError extends Error {
  override readonly name = 'NpyError';
  readonly place: string;

  constructor(place: string, problem: string, options?: ErrorOptions) {
    super(`${place}: ${problem}`, options);
    this.place = place;
  }
}
