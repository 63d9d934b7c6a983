import type { Download } from '@trainyard/client';

/** Hands a file to the browser's downloads. The key goes with the request, so a plain link will not do. */
export async function saveDownload(opening: Promise<Download>): Promise<void> {
  const { filename, body } = await opening;
  const url = URL.createObjectURL(await new Response(body).blob()); // browsers keep large ones on disk
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
