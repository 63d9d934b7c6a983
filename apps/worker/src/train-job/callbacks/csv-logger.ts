import { expectHeld } from '@trainyard/database';
import { Callback, type CallbackDefinition, type ConfigReader, type Logs, pythonFloat } from '@trainyard/engine';
import { isJsonObject, type Json } from '@trainyard/keras-format';
import { checkKey, ObjectNotFoundError } from '@trainyard/object-store';
import { filePrefix } from '../../object-keys.js';
import type { Attempt } from '../attempt.js';
import { withPatience } from '../patience.js';

const leastIntervalMs = 1_000;

/**
 * Keras's CSVLogger: a line an epoch with the epoch's metrics, in the alphabetical order of their names. The file is one
 * of the project's own, `files/<filename>`, where a user finds it again.
 */
class CsvLogger extends Callback {
  readonly #key: string;
  readonly #separator: string;
  readonly #append: boolean;
  #text = '';
  #columns: readonly string[] | undefined;
  #lastFlush = -Infinity;
  /** Characters that are stored, or will be by the journal. */
  #flushed = 0;
  #resumed: { readonly length: number; readonly columns: readonly string[] } | undefined;
  #opened = false;

  constructor(
    config: ConfigReader,
    private readonly attempt: Attempt,
  ) {
    super();
    this.#key = keyOf(config, attempt);
    this.#separator = config.string('separator', ',');
    this.#append = config.boolean('append', false);
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (!this.#opened) await this.#open();
    if (!this.#columns) {
      this.#columns = Object.keys(logs).sort();
      if (this.#text === '') this.#line(['epoch', ...this.#columns]);
    }
    this.#line([epoch, ...this.#columns.map((name) => (logs[name] === undefined ? 'NA' : pythonFloat(logs[name])))]);
    if (performance.now() - this.#lastFlush >= leastIntervalMs) this.#flush();
  }

  override onTrainEnd(): void {
    if (this.#opened) this.#flush();
  }

  /** What a snapshot counts on is stored before it. Until an epoch has ended it is what the snapshot before it said. */
  override state(): Json {
    if (!this.#opened && this.#resumed) return { length: this.#resumed.length, columns: [...this.#resumed.columns] };
    if (this.#opened) this.#flush();
    return { length: this.#text.length, columns: this.#columns ? [...this.#columns] : null };
  }

  override restore(state: Json): void {
    if (!isJsonObject(state) || typeof state['length'] !== 'number' || !Array.isArray(state['columns'])) return;
    this.#resumed = { length: state['length'], columns: state['columns'] as string[] };
  }

  async #open(): Promise<void> {
    this.#opened = true;
    if (!this.#append && !this.#resumed) return;
    const known = await withPatience(() => this.#read());
    this.#text = this.#resumed ? known.slice(0, this.#resumed.length) : known;
    this.#columns = this.#resumed?.columns;
  }

  async #read(): Promise<string> {
    try {
      return Buffer.from(await this.attempt.store.read(this.#key)).toString('utf8');
    } catch (error) {
      if (error instanceof ObjectNotFoundError) return '';
      throw error;
    }
  }

  #line(cells: readonly (string | number)[]): void {
    this.#text += `${cells.map((cell) => this.#quote(String(cell))).join(this.#separator)}\n`;
  }

  #quote(cell: string): string {
    return cell.includes(this.#separator) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
  }

  #flush(): void {
    this.#lastFlush = performance.now();
    if (this.#text.length === this.#flushed) return;
    this.#flushed = this.#text.length;
    const content = Buffer.from(this.#text);
    const { journal, store } = this.attempt;
    const { database, order } = this.attempt;
    journal.add(async () => {
      await expectHeld(database, order.ref); // the file has one name in all attempts
      await store.put(this.#key, content, { contentType: 'text/csv' });
    });
  }
}

/** @throws FormatError when the name is none that a file of the project can have. */
function keyOf(config: ConfigReader, { order }: Attempt): string {
  const key = filePrefix(order.project) + config.string('filename').replace(/^(\.?\/)+/, '');
  try {
    checkKey(key);
  } catch {
    throw config.refuse('filename', 'a path within the files of the project');
  }
  return key;
}

export function csvLogger(attempt: Attempt): CallbackDefinition {
  return {
    className: 'CSVLogger',
    arguments: ['filename', 'separator', 'append'],
    create: (config) => new CsvLogger(config, attempt),
  };
}
