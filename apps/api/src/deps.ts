import type { Database } from '@trainyard/database';
import type { ObjectStore } from '@trainyard/object-store';
import type { Retention } from '@trainyard/protocol';
import type { Producer } from '@trainyard/queue';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Predictors } from './predictors/predictors.js';
import type { TensorBoards } from './tensorboard/tensorboards.js';

/** The parts that the API stands on. Whoever builds the app opens and closes them. */
export interface Deps {
  readonly database: Database;
  readonly producer: Producer;
  readonly store: ObjectStore;
  /** None where `PREDICTOR_URL` is not set: predict calls answer 503. */
  readonly predictors: Predictors;
  readonly tensorBoards: TensorBoards;
  /** The folder of the built web page. It may be missing. */
  readonly dashboard: string;
  /** Of jobs that say nothing of it. */
  readonly retention: Retention;
  /** `keys`: each request needs one. `off`: every request from this machine belongs to the project. */
  readonly auth: { readonly mode: 'keys' } | { readonly mode: 'off'; readonly projectId: string };
}

export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;
