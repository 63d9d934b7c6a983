import { ApiError } from '@trainyard/protocol';

/** After so long a model that had too many requests is asked again. */
const retryAfterS = 1;

/** Bounds how many requests each model has at once: those that wait for it, for its loading too, and the one that runs. */
export class Admission {
  readonly #present = new Map<string, number>();

  /** Requests of all models that are here. */
  get present(): number {
    return [...this.#present.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * Lets a request in.
   * @returns what is to be called when it is answered, or given up: its place is free then
   * @throws ApiError `overloaded` where the model has `most` of them
   */
  enter(model: string, most: number): () => void {
    const count = this.#present.get(model) ?? 0;
    if (count >= most) throw new ApiError('overloaded', `expected fewer than ${most} requests at once for this model, there are ${count}; try again`, { retryAfterS });
    this.#present.set(model, count + 1);
    return () => {
      const left = (this.#present.get(model) ?? 1) - 1;
      if (left > 0) this.#present.set(model, left);
      else this.#present.delete(model);
    };
  }
}
