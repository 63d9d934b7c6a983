import { Callback, type CallbackDefinition } from '@trainyard/engine';

/** Does nothing: what it is named for happens in every training. */
class AlwaysThere extends Callback {}

const define = (className: string, ...names: string[]): CallbackDefinition => ({ className, arguments: names, create: () => new AlwaysThere() });

/** Keras adds these to every training, and so do we: naming them changes nothing. */
export const alwaysThere: readonly CallbackDefinition[] = [define('History'), define('BaseLogger'), define('ProgbarLogger', 'count_mode')];
