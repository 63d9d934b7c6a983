import type { VariableSpec } from '@trainyard/engine';

import { TfAttrType } from '../eager/binding-constants.js';
import { only, type Graph } from '../graph/graph.js';
import type { TfOutput } from '../library/native.js';
import { tfDTypeOf } from '../tensors/dtypes.js';

/** A resource variable of a program: its declaration, and the node that stands for it. */
export interface Variable {
  readonly spec: VariableSpec;
  readonly handle: TfOutput;
}

/** The variables of a program, by name. Their values live in the session, not in the graph. */
export class Variables {
  readonly #byName = new Map<string, Variable>();
  readonly #graph: Graph;
  readonly #container: string;
  #count = 0;
  /** Whether a step writes to some of them where they lie. */
  changeInPlace = false;

  /**
   * @param container Keeps the variables apart from those of other programs.
   * @throws RangeError when two variables have the same name.
   */
  constructor(graph: Graph, specs: readonly VariableSpec[], container: string) {
    this.#graph = graph;
    this.#container = container;
    for (const spec of specs) this.add(spec);
  }

  /**
   * Adds a variable. Nothing is allocated before it is written.
   * @throws RangeError when there is one of that name.
   */
  add(spec: VariableSpec): void {
    if (this.#byName.has(spec.name)) throw new RangeError(`${spec.name}: two variables of the program have this name`);
    // Numbered: a name that was taken out and comes again is another variable.
    const index = this.#count++;
    const operation = this.#graph.add({
      type: 'VarHandleOp',
      // Keras's names, such as `dense_1/kernel:0`, are not all allowed as a node's.
      name: `variables/${index}`,
      attributes: [
        { name: 'container', type: TfAttrType.STRING, value: this.#container },
        { name: 'shared_name', type: TfAttrType.STRING, value: `${index}:${spec.name}` },
        { name: 'dtype', type: TfAttrType.TYPE, value: tfDTypeOf[spec.dtype] },
        { name: 'shape', type: TfAttrType.SHAPE, value: [...spec.shape] },
      ],
    });
    this.#byName.set(spec.name, { spec, handle: only(operation) });
  }


  /**
   * Takes a variable out; its value is the caller's to destroy.
   * @throws RangeError for a name that is not the program's.
   */
  remove(name: string): Variable {
    const variable = this.get(name);
    this.#byName.delete(name);
    return variable;
  }

  /**
   * @throws RangeError for a name that is not the program's.
   */
  get(name: string): Variable {
    const variable = this.#byName.get(name);
    if (!variable) throw new RangeError(`${name}: the program has no such variable; it has ${[...this.#byName.keys()].join(', ') || 'none'}`);
    return variable;
  }
}
