import { FormatError, isJsonObject, type Json } from '@trainyard/keras-format';

/** Reads a Python expression of `epoch` in arithmetic: + - * / // % **, signs, parentheses. */
class Formula {
  readonly #tokens: string[];
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly epoch: number,
  ) {
    this.#tokens = text.match(/\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|epoch|\*\*|\/\/|\S/gi) ?? [];
  }

  value(): number {
    const value = this.#sum();
    if (this.#at < this.#tokens.length) throw this.#refuse();
    return value;
  }

  #refuse(): FormatError {
    return new FormatError('unsupported_schedule', 'schedule', `expected arithmetic of epoch, received "${this.text}"`);
  }

  #take(...operators: string[]): string | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || !operators.includes(token)) return undefined;
    this.#at++;
    return token;
  }

  #sum(): number {
    let value = this.#product();
    for (let operator = this.#take('+', '-'); operator; operator = this.#take('+', '-')) value += (operator === '+' ? 1 : -1) * this.#product();
    return value;
  }

  #product(): number {
    let value = this.#signed();
    for (let operator = this.#take('*', '/', '//', '%'); operator; operator = this.#take('*', '/', '//', '%')) {
      const other = this.#signed();
      if (operator === '*') value *= other;
      else if (operator === '/') value /= other;
      else value = operator === '//' ? Math.floor(value / other) : value - other * Math.floor(value / other);
    }
    return value;
  }

  #signed(): number {
    const sign = this.#take('+', '-');
    if (sign) return (sign === '-' ? -1 : 1) * this.#signed();
    const base = this.#atom();
    // Python: the exponent binds its own sign, the base does not.
    return this.#take('**') ? base ** this.#signed() : base;
  }

  #atom(): number {
    if (this.#take('(')) {
      const value = this.#sum();
      if (!this.#take(')')) throw this.#refuse();
      return value;
    }
    const token = this.#tokens[this.#at++];
    if (token === 'epoch') return this.epoch;
    if (token === undefined || !/^[\d.]/.test(token)) throw this.#refuse();
    return Number(token);
  }
}

/**
 * A case's callback as the engine takes it: where a LearningRateScheduler has its function as text (`lr(epoch)=…`), the
 * function's values in its place.
 */
export function withTables(callback: Json, epochs: number): Json {
  if (!isJsonObject(callback) || typeof callback['schedule'] !== 'string') return callback;
  const { schedule, config, ...rest } = callback;
  const formula = (schedule).replace(/^\s*lr\s*\(\s*epoch\s*\)\s*=/, '');
  const rates = Array.from({ length: epochs }, (_, epoch) => new Formula(formula, epoch).value());
  return { ...rest, config: { ...(isJsonObject(config) ? config : {}), schedule: rates } };
}
