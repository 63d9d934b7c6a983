import sharp from 'sharp';

/** Decodes JPEG files, so many at the same time: nothing is read, resized or put into batches. */
export async function decodeAll(files: readonly Uint8Array[], atOnce: number): Promise<void> {
  sharp.cache(false);
  sharp.concurrency(1);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let file = files[next++]; file; file = files[next++]) await sharp(file).raw().toBuffer();
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
