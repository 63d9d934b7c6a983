import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { DatasetArrays } from '../../dataset.js';
import { mapArrays } from '../../rows.js';
import { Prefetch } from '../prefetch.js';
import { toPlain } from './errors.js';
import type { FromThread, ToThread } from './messages.js';
import { countPiece, readPiece, type PieceRequest } from './read-piece.js';
import { openRecipe, type Opened, type Recipe } from './recipe.js';

/*
 * A thread that reads pieces. It opens the dataset anew, by its recipe; pieces that are asked for at the same time are
 * read at the same time: while one is decoded, another arrives.
 */

type Answer = Exclude<FromThread, { type: 'ready' }>;

interface Running {
  readonly ended: AbortController;
  readonly parts: Prefetch<DatasetArrays> | undefined;
}

const running = new Map<number, Running>();
let opening: Promise<Opened>;

/** Opens the dataset, and reads what it is asked for. */
export function run(): void {
  const port = portOfThread();
  opening = openRecipe(workerData as Recipe);
  // A failure is met by whoever reads.
  void opening.catch(() => undefined).then(() => port.postMessage({ type: 'ready' } satisfies FromThread));
  port.on('message', (message: ToThread) => {
    switch (message.type) {
      case 'read': {
        const ended = new AbortController();
        running.set(message.id, { ended, parts: new Prefetch(read(message.request, ended.signal), 1, () => ended.abort()) });
        void answer(message.id, () => nextPart(message.id));
        return;
      }
      case 'next':
        void answer(message.id, () => nextPart(message.id));
        return;
      case 'count': {
        const ended = new AbortController();
        running.set(message.id, { ended, parts: undefined });
        void answer(message.id, async () => ({ type: 'counted', id: message.id, rows: await countPiece(await opening, message.request, message.filtered, ended.signal) }));
        return;
      }
      case 'stop': {
        const stopped = running.get(message.id);
        running.delete(message.id);
        stopped?.ended.abort();
        stopped?.parts?.return().catch(() => undefined);
        return;
      }
      default:
        message satisfies never;
    }
  });
}

function portOfThread(): MessagePort {
  if (!parentPort) throw new Error('expected to run as a worker thread');
  return parentPort;
}

async function* read(request: PieceRequest, signal: AbortSignal): AsyncGenerator<DatasetArrays, void> {
  yield* readPiece(await opening, request, signal);
}

async function nextPart(id: number): Promise<Answer> {
  const next = await running.get(id)?.parts?.next();
  if (!next || next.done === true) return { type: 'end', id };
  return { type: 'part', id, arrays: mapArrays(next.value, ownMemory) };
}

async function answer(id: number, work: () => Promise<Answer>): Promise<void> {
  let message: Answer;
  try {
    message = await work();
  } catch (error) {
    message = { type: 'failed', id, error: toPlain(error) };
  }
  if (!running.has(id)) return;
  if (message.type !== 'part') running.delete(id);
  portOfThread().postMessage(message, message.type === 'part' ? memoryOf(message.arrays) : []);
}

/** Memory that is a part of a larger one cannot be handed over: it may be somebody else's, too. */
function ownMemory(array: DatasetArrays['x'][number]): DatasetArrays['x'][number] {
  const { data } = array;
  return data.byteLength === data.buffer.byteLength && data.buffer instanceof ArrayBuffer ? array : { ...array, data: data.slice() };
}

function memoryOf({ x, y, sampleWeight = [] }: DatasetArrays): ArrayBuffer[] {
  const buffers = [...x, ...y, ...sampleWeight].flatMap((array) => array?.data.buffer ?? []);
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}
