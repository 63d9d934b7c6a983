import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

/** Told how many spans were lost since it was last told, and by which error the last of them were. */
export type OnTrouble = (error: Error | undefined, lostSpans: number) => void;

type Done = Parameters<SpanExporter['export']>[1];

const tellEveryMs = 60_000;
/** Of `ExportResultCode`. */
const success = 0;

/** An exporter whose failures are told now and then, and are nobody else's concern: spans are lost, and all goes on. */
export class CarefulExporter implements SpanExporter {
  #toldAt = -Infinity;
  #lost = 0;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly onTrouble: OnTrouble,
  ) {}

  export(spans: ReadableSpan[], done: Done): void {
    const finish: Done = ({ code, error }) => {
      if (Number(code) !== success) this.#lose(spans.length, error);
      done({ code: success });
    };
    try {
      this.exporter.export(spans, finish);
    } catch (error) {
      finish({ code: 1, error: error as Error });
    }
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  #lose(spans: number, error: Error | undefined): void {
    this.#lost += spans;
    if (performance.now() - this.#toldAt < tellEveryMs) return;
    this.#toldAt = performance.now();
    this.onTrouble(error, this.#lost);
    this.#lost = 0;
  }
}
