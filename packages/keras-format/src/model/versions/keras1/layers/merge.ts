import { FormatError } from '../../../../format-error.js';
import { quote } from '../../../../json.js';
import type { LayerReader } from '../translation.js';

/** Modes that are classes without arguments in Keras 2. */
const ELEMENTWISE: ReadonlyMap<unknown, string> = new Map([
  ['sum', 'Add'],
  ['mul', 'Multiply'],
  ['ave', 'Average'],
  ['max', 'Maximum'],
]);

/** Keras 1's one Merge layer is a class for each mode in Keras 2. */
export const merge: LayerReader = (layer) => {
  const type = layer.get('mode_type') ?? 'raw';
  const mode = layer.get('mode') ?? 'sum';
  if (type !== 'raw')
    throw new FormatError('code_refused', layer.at('mode'), `a Merge by a function of its author's (mode_type ${quote(type)}) names Python code to be run; it is refused. Use one of Keras's modes: sum, mul, ave, max, concat, dot, cos`);
  const className = ELEMENTWISE.get(mode);
  if (className !== undefined) return className;
  if (mode === 'concat') {
    layer.set('axis', layer.get('concat_axis') ?? -1, 'concat_axis');
    return 'Concatenate';
  }
  if (mode !== 'dot' && mode !== 'cos') throw layer.refuse('mode', 'one of sum, mul, ave, max, concat, dot, cos');
  layer.set('axes', layer.get('dot_axes') ?? -1, 'dot_axes').set('normalize', mode === 'cos', 'mode');
  return 'Dot';
};
