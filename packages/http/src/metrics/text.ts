export type Labels = Readonly<Record<string, string | number>>;

/** A number with what it is of. */
export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

/** Of Prometheus's text format, version 0.0.4. */
export const metricsMediaType = 'text/plain; version=0.0.4; charset=utf-8';

/** One gauge, with a value for each set of labels. */
export const gauge = (name: string, help: string, values: readonly Sample[]): string => metric('gauge', name, help, values);

/** The same of what only grows. */
export const counter = (name: string, help: string, values: readonly Sample[]): string => metric('counter', name, help, values);

function metric(type: 'gauge' | 'counter', name: string, help: string, values: readonly Sample[]): string {
  const lines = values.map(({ labels = {}, value }) => {
    const inner = labelText(labels);
    return `${name}${inner === '' ? '' : `{${inner}}`} ${value}`;
  });
  return `${heading(type, name, help)}${lines.map((line) => `${line}\n`).join('')}`;
}

/** What stands above a metric's values. */
export const heading = (type: 'gauge' | 'counter' | 'histogram', name: string, help: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

/** Labels as they stand between braces. */
export const labelText = (labels: Labels): string => Object.entries(labels).map(([key, value]) => `${key}="${escape(String(value))}"`).join(',');

const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
