import type { CallScope } from '../layer.js';

/** A scope in which activity penalties of the layers called are not added to the loss. */
export function withoutLosses(scope: CallScope): CallScope {
  return {
    training: scope.training,
    differentiated: scope.differentiated,
    weight: (name) => scope.weight(name),
    before: (name) => scope.before(name),
    assign: (name, value) => scope.assign(name, value),
    addLoss: () => undefined,
    seed: () => scope.seed(),
    inner: (layer) => withoutLosses(scope.inner(layer)),
  };
}
