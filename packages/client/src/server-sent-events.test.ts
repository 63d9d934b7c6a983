import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvents, type ReceivedEvent } from './server-sent-events.js';

async function read(chunks: readonly Uint8Array[]): Promise<ReceivedEvent[]> {
  async function* body() {
    yield* chunks;
  }
  const events: ReceivedEvent[] = [];
  for await (const event of readEvents(body())) events.push(event);
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

test('events, ids that stay, comments, several lines of data', async () => {
  const text = 'id: 1\nevent: log\ndata: a\ndata: b\n\n: still here\n\nevent: progress\ndata:{"x":1}\n\ndata: last\n\ndata: unfinished';
  expect(await read([bytes(text)])).toEqual([
    { id: '1', event: 'log', data: 'a\nb' },
    { id: '1', event: 'progress', data: '{"x":1}' },
    { id: '1', event: 'message', data: 'last' },
  ]);
});

test('however the bytes are cut, the events are the same', async () => {
  const event = fc.record({ id: fc.integer({ min: 1, max: 999 }), data: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ' ')) });
  const property = fc.asyncProperty(fc.array(event, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), fc.infiniteStream(fc.integer({ min: 1, max: 7 })), async (events, end, sizes) => {
    const whole = bytes(events.map(({ id, data }) => `id: ${id}${end}event: e${end}data: ${data}${end}${end}`).join(''));
    const chunks: Uint8Array[] = [];
    for (let start = 0; start < whole.length; ) {
      const size = sizes.next().value;
      chunks.push(whole.subarray(start, start + size));
      start += size;
    }
    expect(await read(chunks)).toEqual(events.map(({ id, data }) => ({ id: String(id), event: 'e', data })));
  });
  await fc.assert(property);
});
