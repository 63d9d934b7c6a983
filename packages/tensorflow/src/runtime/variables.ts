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

  /**
   * @param container Keeps the variables apart from those of other programs.
   * @throws RangeError when two variables have the same name.
   */
  constructor(graph: Graph, specs: readonly VariableSpec[], container: string) {
    specs.forEach((spec, index) => {
      if (this.#byName.has(spec.name)) throw new RangeError(`${spec.name}: two variables of the program have this name`);
      const operation = graph.add({
        type: 'VarHandleOp',
        // Keras's names, such as `dense_1/kernel:0`, are not all allowed as a node's.
        name: `variables/${index}`,
        attributes: [
          { name: 'container', type: TfAttrType.STRING, value: container },
          { name: 'shared_name', type: TfAttrType.STRING, value: `${index}:${spec.name}` },
          { name: 'dtype', type: TfAttrType.TYPE, value: tfDTypeOf[spec.dtype] },
          { name: 'shape', type: TfAttrType.SHAPE, value: [...spec.shape] },
        ],
      });
      this.#byName.set(spec.name, { spec, handle: only(operation) });
    });
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
