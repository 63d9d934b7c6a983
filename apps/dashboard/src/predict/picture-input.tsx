import { Text } from '@mantine/core';
import type { Json } from '@trainyard/protocol';
import { useEffect, useState } from 'react';
import { DropPlace } from '../data/drop-place.js';

/** A picture's file, sent as it is: the job's own transforms decode and resize it. */
export function PictureInput({ onRow }: { onRow: (row: Json | undefined) => void }) {
  const [shown, setShown] = useState<{ url: string; name: string }>();
  useEffect(() => () => { if (shown !== undefined) URL.revokeObjectURL(shown.url); }, [shown]);
  const take = async (file: File): Promise<void> => {
    setShown({ url: URL.createObjectURL(file), name: file.name });
    onRow({ b64: toBase64(new Uint8Array(await file.arrayBuffer())) });
  };
  return (
    <DropPlace label="a picture" accept="image/png,image/jpeg" hint="JPEG or PNG" onFiles={([file]) => void (file && take(file))}>
      {shown !== undefined && (
        <>
          <img src={shown.url} alt={shown.name} className="preview" />
          <Text size="xs" className="quiet">{shown.name}</Text>
        </>
      )}
    </DropPlace>
  );
}

/** In pieces: an argument list has a limit. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 32_768) text += String.fromCharCode(...bytes.subarray(start, start + 32_768));
  return btoa(text);
}
