import type { App, Deps } from '../deps.js';
import { ServedModels } from './served-models.js';
import { Shadows } from './shadows.js';
import { Signatures } from './signature.js';

/** What the routes that serve models share in this process. */
export interface Serving {
  readonly models: ServedModels;
  readonly signatures: Signatures;
  readonly shadows: Shadows;
}

export function openServing(app: App, deps: Deps): Serving {
  const shadows = new Shadows(deps, app.log);
  app.addHook('onClose', () => shadows.settled());
  return { models: new ServedModels(deps), signatures: new Signatures(deps), shadows };
}
