import type { TfOutput } from '../library/native.js';

/** The lists that tensors of a trace were stacked from. */
export class StackedLists {
  readonly #lists = new Map<string, TfOutput>();

  remember(tensor: TfOutput, list: TfOutput): void {
    this.#lists.set(keyOf(tensor), list);
  }

  of(tensor: TfOutput): TfOutput | undefined {
    return this.#lists.get(keyOf(tensor));
  }
}

function keyOf({ oper, index }: TfOutput): string {
  return `${oper}:${index}`;
}
