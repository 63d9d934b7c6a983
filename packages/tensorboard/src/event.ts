import { MessageWriter } from './proto/wire.js';
import { frameRecord } from './record.js';
import { summaryMessage, type Summary } from './summary.js';

/** One entry of an event file: summaries at a step, or a model's graph. */
export interface TensorBoardEvent {
  /** Seconds since 1970, with fractions. */
  readonly wallTime: number;
  readonly step: number;
  readonly summaries?: readonly Summary[];
  /** A serialized `GraphDef`. */
  readonly graph?: Uint8Array;
}

/** An event as bytes to append to an event file: `Event` of tensorboard/compat/proto/event.proto in a TFRecord. */
export function encodeEvent({ wallTime, step, summaries, graph }: TensorBoardEvent): Uint8Array {
  const event = new MessageWriter().double(1, wallTime).int(2, step);
  if (graph) event.bytes(4, graph);
  if (summaries) event.message(5, summaryMessage(summaries));
  return frameRecord(event.finish());
}

/** The bytes with which every event file begins: TensorBoard takes a file without them for one of an older layout. */
export function fileVersionEvent(wallTime: number): Uint8Array {
  return frameRecord(new MessageWriter().double(1, wallTime).text(3, 'brain.Event:2').finish());
}
