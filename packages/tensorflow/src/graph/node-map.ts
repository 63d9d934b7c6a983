import type { TfOutput } from '../library/native.js';

/** What is known of nodes, by node. */
export class NodeMap<V> {
  readonly #values = new Map<string, V>();

  set(node: TfOutput, value: V): void {
    this.#values.set(keyOf(node), value);
  }

  get(node: TfOutput): V | undefined {
    return this.#values.get(keyOf(node));
  }
}

function keyOf({ oper, index }: TfOutput): string {
  return `${oper}:${index}`;
}
