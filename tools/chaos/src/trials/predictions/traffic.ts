import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { post, type Posted } from '../../site/post.js';
import { rows } from './expected-predictions.js';

/** A question, and how its answer is read. */
export interface Question {
  readonly path: string;
  readonly row: number;
  readonly body: string;
  /** The number that was predicted. */
  readonly read: (answer: unknown) => unknown;
}

const firstOf = (list: unknown): unknown => (Array.isArray(list) ? firstOf(list[0]) : list);

/** The same question in each protocol. */
export const questions: readonly ((name: string, row: number) => Question)[] = [
  (name, row) => ({ path: `/v1/models/${name}:predict`, row, body: JSON.stringify({ instances: [rows[row]] }), read: (answer) => firstOf((answer as { predictions: unknown }).predictions) }),
  (name, row) => ({
    path: `/v2/models/${name}/infer`,
    row,
    body: JSON.stringify({ inputs: [{ name: 'hidden_input', shape: [1, rows[row]?.length], datatype: 'FP32', data: rows[row] }] }),
    read: (answer) => firstOf((answer as { outputs: { data: unknown }[] }).outputs[0]?.data),
  }),
];

/** How a question was answered. */
export interface Answered extends Posted {
  readonly question: Question;
  readonly tookMs: number;
}

const answeredWithinMs = 70_000;
const headers = { 'content-type': 'application/json' };
const tickMs = 5;

/** Asks, by hundreds of questions a second. */
export class Traffic {
  readonly #agent = new Agent({ keepAlive: true });
  #running = true;

  /** @param ask what is asked next, and of which API. */
  constructor(
    private readonly ask: () => { url: string; question: Question },
    private readonly onAnswer: (answered: Answered) => Promise<void>,
  ) {}

  /** So many clients, each of which asks one thing after another. @returns answers a second */
  async measureLimit(clients: number, seconds: number): Promise<number> {
    const until = performance.now() + seconds * 1000;
    let answers = 0;
    const client = async (): Promise<void> => {
      while (performance.now() < until) {
        await this.#askOnce();
        answers++;
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return answers / seconds;
  }

  /** Asks so many questions a second, however long answers take, until {@link stop}. Resolves when all have been answered. */
  async keepAsking(perSecond: number): Promise<void> {
    const underWay = new Set<Promise<void>>();
    const began = performance.now();
    for (let asked = 0; this.#running; await sleep(tickMs)) {
      for (const due = ((performance.now() - began) / 1000) * perSecond; asked < due; asked++) {
        const answer = this.#askOnce().finally(() => underWay.delete(answer));
        underWay.add(answer);
      }
    }
    await Promise.all(underWay);
  }

  stop(): void {
    this.#running = false;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #askOnce(): Promise<void> {
    const { url, question } = this.ask();
    const began = performance.now();
    const posted = await post(url + question.path, { agent: this.#agent, headers, body: question.body, timeoutMs: answeredWithinMs });
    await this.onAnswer({ ...posted, question, tookMs: performance.now() - began });
  }
}
