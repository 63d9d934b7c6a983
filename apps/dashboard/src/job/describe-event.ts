import type { JobEvent, Metrics } from '@trainyard/protocol';
import { formatMetric } from '../format/numbers.js';

/** An event in a line. */
export function describeEvent(event: JobEvent): string {
  switch (event.type) {
    case 'status': {
      const { status, previous, stop_reason: stop, error, reason } = event.data;
      const why = [stop?.replaceAll('_', ' '), reason, error === null || error === undefined ? undefined : `${error.code}: ${error.message}`].filter((text) => text !== undefined);
      return `${previous === null ? status : `${previous} → ${status}`}${why.length > 0 ? ` (${why.join('; ')})` : ''}`;
    }
    case 'phase':
      return event.data.phase.replaceAll('_', ' ');
    case 'intent':
      return `asked to ${event.data.intent}`;
    case 'metrics':
      return `epoch ${event.data.epoch}, step ${event.data.step}: ${formatMetrics(event.data.metrics)}`;
    case 'checkpoint':
      return `${event.data.filename} (${event.data.kind}, step ${event.data.step})`;
    case 'rewound':
      return `attempt ${event.attempt} goes on from step ${event.data.step}, epoch ${event.data.epoch}`;
    case 'plan':
      return `${JSON.stringify(event.data.plan)} by ${event.data.basis}`;
    case 'pruned':
      return event.data.checkpoints.map(({ filename }) => filename).join(', ');
    case 'log':
      return `${event.data.level}: ${event.data.message}`;
  }
}

/** `loss 0.31, acc 0.9` */
export const formatMetrics = (metrics: Metrics): string => Object.entries(metrics).map(([name, value]) => `${name} ${formatMetric(value)}`).join(', ');
