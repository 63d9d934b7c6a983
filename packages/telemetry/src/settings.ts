import { textVariable, type Environment } from '@trainyard/protocol';

/** What a process does with its spans. All else OpenTelemetry's SDK reads of `OTEL_…` itself. */
export interface TraceSettings {
  /** Where `OTEL_SERVICE_NAME` says nothing. */
  readonly serviceName: string;
  readonly protocol: Protocol;
}

/** How spans are sent over HTTP. */
export type Protocol = 'http/protobuf' | 'http/json';

/**
 * Whether spans are wanted, and how: where OpenTelemetry's own variables name an endpoint.
 *
 * @param env the process's own environment, of which the SDK reads the rest.
 * @returns undefined where nothing is traced.
 * @throws Error naming the variable that cannot be used.
 */
export function readTraceSettings(env: Environment, serviceName: string): TraceSettings | undefined {
  const endpoint = named(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === undefined || textVariable(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  const exporter = textVariable(env, 'OTEL_TRACES_EXPORTER') ?? 'otlp';
  if (exporter === 'none') return undefined;
  if (exporter !== 'otlp') throw new Error(`OTEL_TRACES_EXPORTER: expected otlp or none, received "${exporter}"`);
  if (!/^https?:\/\//.test(endpoint.value) || !URL.canParse(endpoint.value)) throw new Error(`${endpoint.name}: expected a URL such as http://host:4318, received "${endpoint.value}"`);
  return { serviceName, protocol: readProtocol(env) };
}

function readProtocol(env: Environment): Protocol {
  const { name, value } = named(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL') ?? { name: '', value: 'http/protobuf' };
  if (value === 'http/protobuf' || value === 'http/json') return value;
  throw new Error(`${name}: expected http/protobuf or http/json, received "${value}"`);
}

/** The first of several variables that has a value. */
function named(env: Environment, ...names: readonly string[]): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = textVariable(env, name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}
