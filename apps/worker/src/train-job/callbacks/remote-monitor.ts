import { setTimeout as sleep } from 'node:timers/promises';
import { Callback, type CallbackDefinition, type ConfigReader, type Logs } from '@trainyard/engine';
import { isJsonObject } from '@trainyard/keras-format';
import { encodeMetrics } from '@trainyard/protocol';
import { post } from '../../outbound/post.js';
import type { Attempt } from '../attempt.js';

const timeoutMs = 5_000;
/** Epochs that may wait for a server that is slow; further ones are left out. */
const mostWaiting = 20;

/**
 * Keras's RemoteMonitor: POSTs an epoch's number and metrics to `root + path`, as the form field `field` with JSON in it,
 * or with `send_as_json` (Keras 2.1.6) as a JSON body. It is sent while training goes on, in the order of the epochs.
 * Whatever goes wrong is a warning in the job's log, never the job's end.
 */
class RemoteMonitor extends Callback {
  readonly #url: URL;
  readonly #field: string;
  readonly #asJson: boolean;
  readonly #headers: Readonly<Record<string, string>>;
  #sending: Promise<void> = Promise.resolve();
  #waiting = 0;
  #told: string | undefined;

  constructor(
    config: ConfigReader,
    private readonly attempt: Attempt,
  ) {
    super();
    const address = config.string('root', 'http://localhost:9000') + config.string('path', '/publish/epoch/end/');
    if (!URL.canParse(address)) throw config.refuse('root', 'an address that, with path behind it, is a URL');
    this.#url = new URL(address);
    this.#field = config.string('field', 'data');
    this.#asJson = config.boolean('send_as_json', false);
    const headers = config.raw('headers');
    this.#headers = isJsonObject(headers) ? (headers as Record<string, string>) : {};
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    if (this.#waiting >= mostWaiting) return this.#tell(`${mostWaiting} epochs wait for it; epoch ${epoch} is left out`);
    this.#waiting++;
    const message = { epoch, ...encodeMetrics(logs) };
    this.#sending = this.#sending.then(async () => {
      await this.#send(message);
      this.#waiting--;
    });
  }

  override async onTrainEnd(): Promise<void> {
    await Promise.race([this.#sending, sleep(2 * timeoutMs, undefined, { ref: false })]);
  }

  async #send(message: object): Promise<void> {
    const json = JSON.stringify(message);
    const body = this.#asJson ? json : new URLSearchParams({ [this.#field]: json }).toString();
    const type = this.#asJson ? 'application/json' : 'application/x-www-form-urlencoded';
    try {
      const { status } = await post({ url: this.#url, body, headers: { 'content-type': type, ...this.#headers }, allowedHosts: this.attempt.workplace.outboundHosts, timeoutMs });
      if (status >= 300) this.#tell(`it answered ${status}`);
      else this.#told = undefined;
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
    }
  }

  /** Once for each reason, until it works again: a server that is away must not fill the log. */
  #tell(reason: string): void {
    if (this.#told === reason) return;
    this.#told = reason;
    this.attempt.log('warning', `RemoteMonitor: could not reach ${this.#url.origin}: ${reason}`);
  }
}

export function remoteMonitor(attempt: Attempt): CallbackDefinition {
  return {
    className: 'RemoteMonitor',
    arguments: ['root', 'path', 'field', 'headers', 'send_as_json'],
    create: (config) => new RemoteMonitor(config, attempt),
  };
}
