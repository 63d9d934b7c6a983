import { supportedActivations } from './activations/activation.js';
import { callbackDefinitions } from './callbacks/registry.js';
import { supportedInitializers } from './initializers/registry.js';
import { supportedLayers } from './layers/registry.js';
import { losses } from './losses/registry.js';
import { metrics } from './metrics/registry.js';
import { supportedOptimizers } from './optimizers/registry.js';

/** What a model and a compile spec may name, as Markdown: made of the tables that the engine itself reads. */
export function supportedMarkdown(): string {
  const section = (title: string, names: Iterable<string>): string => `## ${title}\n\n${[...names].map((name) => `\`${name}\``).join(', ')}\n`;
  return [
    '# What the engine supports\n\nThis page is made of the tables that the engine reads (`packages/engine/src/supported.ts`); a test compares the two.\n',
    section('Layers', [...supportedLayers(), 'Sequential', 'Model']),
    section('Activations', supportedActivations()),
    section('Initializers', supportedInitializers()),
    section('Losses', losses.keys()),
    section('Metrics', ['accuracy', ...metrics.keys()]),
    section('Optimizers', supportedOptimizers()),
    section('Callbacks', callbackDefinitions.map(({ className }) => className)),
  ].join('\n');
}
