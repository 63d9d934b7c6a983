import type { ServedModel } from '../served-models.js';

/** A request for predictions, as a server's clients send it. */
export interface PredictRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A server of models, on this machine. */
export interface ModelServer {
  /** In figures and tables. */
  readonly name: ServerName;
  /** The request for one of the models that it serves, for a single row. */
  request(model: ServedModel): PredictRequest;
  /** The numbers of an answer, flat. */
  numbersOf(body: unknown): number[];
  stop(): Promise<void>;
}

/** All servers that are measured, and what they are. */
export const serverTitles = {
  trainyard: 'Trainyard',
  trainyard_alone: 'Trainyard, requests never joined',
  fastapi: 'FastAPI and Keras 3',
  mlserver: 'MLServer, no batching',
  mlserver_batching: 'MLServer, adaptive batching',
  bentoml: 'BentoML, adaptive batching',
} as const;
export type ServerName = keyof typeof serverTitles;

export const asJson = (body: unknown): Uint8Array => Buffer.from(JSON.stringify(body));
