const buckets = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

interface Series {
  count: number;
  sum: number;
  readonly under: number[];
}

/** Durations of requests by method, route and status, as Prometheus counts them. */
export class RequestCounters {
  readonly #series = new Map<string, Series>();

  observe(labels: { method: string; route: string; status: number }, seconds: number): void {
    const name = `method="${labels.method}",route="${escape(labels.route)}",status="${labels.status}"`;
    let series = this.#series.get(name);
    if (series === undefined) this.#series.set(name, (series = { count: 0, sum: 0, under: buckets.map(() => 0) }));
    series.count++;
    series.sum += seconds;
    buckets.forEach((bound, index) => {
      if (seconds <= bound) series.under[index] = (series.under[index] ?? 0) + 1;
    });
  }

  /** In Prometheus's text format. */
  text(): string {
    const name = 'trainyard_http_request_duration_seconds';
    const lines = [`# HELP ${name} How long requests took.`, `# TYPE ${name} histogram`];
    for (const [labels, { count, sum, under }] of this.#series) {
      buckets.forEach((bound, index) => lines.push(`${name}_bucket{${labels},le="${bound}"} ${under[index] ?? 0}`));
      lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }
}

/** A number with what it is of. */
interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One gauge, with a value for each set of labels. */
export const gauge = (name: string, help: string, values: readonly Sample[]): string => metric('gauge', name, help, values);

/** The same of what only grows. */
export const counter = (name: string, help: string, values: readonly Sample[]): string => metric('counter', name, help, values);

function metric(type: 'gauge' | 'counter', name: string, help: string, values: readonly Sample[]): string {
  const lines = values.map(({ labels = {}, value }) => {
    const inner = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`).join(',');
    return `${name}${inner === '' ? '' : `{${inner}}`} ${value}`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
}

const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
