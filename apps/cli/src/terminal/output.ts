import type { WriteStream } from 'node:tty';

/** Where a command writes: a terminal, where a line can be redrawn, or anything else, where lines are only added. */
export interface Output {
  readonly isTerminal: boolean;
  /** Characters in a line. */
  readonly columns: number;
  write(text: string): void;
}

const defaultColumns = 80;

/** Where nothing is shown: beside JSON, which a program reads, there is nothing else. */
export const silent: Output = { isTerminal: false, columns: defaultColumns, write: () => undefined };

/** As `--json` prints it. */
export const toJson = (value: unknown): string => JSON.stringify(value, null, 2);

export function outputOf(stream: NodeJS.WriteStream | WriteStream): Output {
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? defaultColumns;
    },
    write: (text) => void stream.write(text),
  };
}

/** A line at the end of the output that is drawn again and again. On anything but a terminal it is not drawn at all. */
export class LiveLine {
  readonly #output: Output;
  #shown = '';

  constructor(output: Output) {
    this.#output = output;
  }

  /** Shows `text` in place of what the line showed. It is cut at the terminal's width: a wrapped line cannot be redrawn. */
  draw(text: string): void {
    if (!this.#output.isTerminal) return;
    const cut = text.slice(0, this.#output.columns - 1);
    if (cut === this.#shown) return;
    this.#output.write(`${eraseLine}${cut}`);
    this.#shown = cut;
  }

  /** Removes the line. */
  clear(): void {
    if (this.#shown !== '') this.#output.write(eraseLine);
    this.#shown = '';
  }

  /** Writes a line that stays, above the live one. */
  print(line: string): void {
    const shown = this.#shown;
    this.clear();
    this.#output.write(`${line}\n`);
    if (shown !== '') this.draw(shown);
  }
}

const eraseLine = '\r\u001b[2K';
