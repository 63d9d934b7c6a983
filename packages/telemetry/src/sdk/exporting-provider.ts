import { hostname } from 'node:os';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { TraceSettings } from '../settings.js';
import { CarefulExporter, type OnTrouble } from './careful-exporter.js';
import { toReadable } from './finished-span.js';
import { Tracer, type Provider } from './provider.js';

/** Sends spans in batches, while nobody waits for it. Endpoint, headers, sampling, … are those of the environment. */
export function exportingProvider({ serviceName, protocol }: TraceSettings, onTrouble: OnTrouble): Provider {
  const own = resourceFromAttributes({ 'service.name': serviceName, 'host.name': hostname(), 'process.pid': process.pid });
  const resource = own.merge(detectResources({ detectors: [envDetector] }));
  const exporter = new CarefulExporter(protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter(), onTrouble);
  const processor = new BatchSpanProcessor(exporter);
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return {
    tracer: new Tracer(),
    export: (span) => processor.onEnd(toReadable(span, resource)),
    shutdown: () => provider.shutdown(),
  };
}
