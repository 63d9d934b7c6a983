import { heading, labelText, type Labels } from './text.js';

interface Series {
  count: number;
  sum: number;
  /** How many values each bucket holds that none before it does. */
  readonly within: number[];
}

/** Values as Prometheus counts them: how many were no larger than each of some bounds, apart for each set of labels. */
export class Histogram {
  readonly #series = new Map<string, Series>();

  /** @param bounds ascending; what is above the last one is counted as well. */
  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly bounds: readonly number[],
  ) {}

  observe(value: number, labels: Labels = {}): void {
    const name = labelText(labels);
    let series = this.#series.get(name);
    if (series === undefined) this.#series.set(name, (series = { count: 0, sum: 0, within: this.bounds.map(() => 0) }));
    series.count++;
    series.sum += value;
    const bucket = this.bounds.findIndex((bound) => value <= bound);
    if (bucket >= 0) series.within[bucket] = (series.within[bucket] ?? 0) + 1;
  }

  /** In Prometheus's text format. */
  text(): string {
    const lines = [...this.#series].flatMap(([labels, series]) => this.#lines(labels, series));
    return heading('histogram', this.name, this.help) + lines.map((line) => `${line}\n`).join('');
  }

  #lines(labels: string, { count, sum, within }: Series): string[] {
    const before = labels === '' ? '' : `${labels},`;
    const braces = labels === '' ? '' : `{${labels}}`;
    let under = 0;
    const buckets = this.bounds.map((bound, index) => `${this.name}_bucket{${before}le="${bound}"} ${(under += within[index] ?? 0)}`);
    return [...buckets, `${this.name}_bucket{${before}le="+Inf"} ${count}`, `${this.name}_sum${braces} ${sum}`, `${this.name}_count${braces} ${count}`];
  }
}
