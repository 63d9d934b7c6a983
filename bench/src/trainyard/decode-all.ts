import sharp from 'sharp';

/** Decodes JPEG files so many times, so many at the same time: nothing is read, resized or put into batches. */
export async function decodeAll(files: readonly Uint8Array[], passes: number, atOnce: number): Promise<void> {
  sharp.cache(false);
  sharp.concurrency(1);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < passes * files.length) await sharp(files[next++ % files.length]).raw().toBuffer();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
