import { startSpan, type Span } from '@trainyard/telemetry';

/** Epochs of an attempt that have a span each: a trace of thousands shows nothing. */
const mostEpochs = 100;

/** A span of each of an attempt's first epochs, validation and callbacks included. */
export class EpochSpans {
  #open: Span | undefined;
  #begun = 0;

  /** @param batches of it that an earlier attempt has trained */
  begin(epoch: number, batches = 0): void {
    if (this.#begun++ >= mostEpochs) return;
    this.#open = startSpan('epoch', { attributes: { 'trainyard.epoch': epoch, 'trainyard.epoch.resumed_at': batches > 0 ? batches : undefined } });
  }

  /** @param step batches trained over the whole job */
  end(step: number): void {
    this.#open?.set({ 'trainyard.step': step });
    this.#open?.end();
    this.#open = undefined;
  }
}
