export interface ReceivedEvent {
  /** The last id that the stream has told. */
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/** Reads a `text/event-stream`. Comments and events without data are left out; an unfinished last event does not count. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ReceivedEvent> {
  const decoder = new TextDecoder();
  let id: string | undefined;
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    const blocks = splitBlocks(lines);
    rest = blocks.rest;
    for (const block of blocks.complete) {
      const fields = readFields(block);
      id = fields.get('id') ?? id;
      const data = fields.get('data');
      if (data !== undefined) yield { id, event: fields.get('event') ?? 'message', data };
    }
  }
}

/** Lines up to each empty one; what follows the last empty line is kept. */
function splitBlocks(lines: readonly string[]): { complete: string[][]; rest: string } {
  const complete: string[][] = [];
  let start = 0;
  lines.forEach((line, index) => {
    if (line !== '' || index === lines.length - 1) return;
    complete.push(lines.slice(start, index));
    start = index + 1;
  });
  return { complete, rest: lines.slice(start).join('\n') };
}

function readFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon === 0) continue; // a comment
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    const known = fields.get(name);
    fields.set(name, name === 'data' && known !== undefined ? `${known}\n${value}` : value);
  }
  return fields;
}
