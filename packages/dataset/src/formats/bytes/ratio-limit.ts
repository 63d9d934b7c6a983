import { Transform, type TransformCallback } from 'node:stream';
import type { Gunzip, Inflate } from 'node:zlib';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';

/** Deflate makes at most 1,032 bytes of one; rows that are anything but one row repeated stay far below. */
const maxRatio = 1000;
/** Below this, whatever it was compressed from does no harm. */
const harmlessBytes = 1024 * 1024;

/** Passes decompressed bytes on, and refuses a file of which far more comes than it can hold in earnest. */
export class RatioLimit extends Transform {
  private bytes = 0;

  constructor(
    private readonly file: ShardFile,
    private readonly inflate: Gunzip | Inflate,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    const from = this.inflate.bytesWritten;
    if (this.bytes > Math.max(harmlessBytes, maxRatio * from)) done(new DataError(this.file.name, `expected at most ${maxRatio} bytes of content from each compressed byte, received more than ${this.bytes} from ${from}`));
    else done(null, chunk);
  }
}
