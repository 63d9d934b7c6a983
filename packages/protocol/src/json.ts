import { z } from 'zod';

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Whatever `JSON.parse` gave: it needs no second look, and a recursive one could run out of stack. */
export const Json = z.unknown() as unknown as z.ZodType<Json>;
export const JsonObject = z.record(z.string(), Json).meta({ description: 'A JSON object' }) as z.ZodType<JsonObject>;

/**
 * A metric's value. JSON has no NaN or infinity, and Keras's History does (a diverging loss), so these three travel as
 * strings.
 */
export const MetricValue = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);
export type MetricValue = z.infer<typeof MetricValue>;

export const Metrics = z.record(z.string(), MetricValue);
export type Metrics = z.infer<typeof Metrics>;

/** A number as it travels in JSON. */
export function encodeMetric(value: number): MetricValue {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** The number that {@link encodeMetric} encoded. */
export const decodeMetric = (value: MetricValue): number => Number(value);

export const encodeMetrics = (values: Readonly<Record<string, number>>): Metrics =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodeMetric(value)]));

export const decodeMetrics = (values: Readonly<Metrics>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, decodeMetric(value)]));
