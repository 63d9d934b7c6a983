import type { Deps } from '../deps.js';
import { Shadows } from './shadows.js';
import { Signatures } from './signature.js';

/** What the routes that serve models share in this process. */
export interface Serving {
  readonly signatures: Signatures;
  readonly shadows: Shadows;
}

export const openServing = (deps: Deps): Serving => ({ signatures: new Signatures(deps), shadows: new Shadows(deps) });
