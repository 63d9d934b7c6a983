import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useClient } from '../session/api-context.js';
import type { Pixels } from './pixels.js';

const side = 48;

/** A picture that is an array of the data. */
export function ArrayPicture({ pixels }: { pixels: Pixels }) {
  const [height, width] = [pixels.length, pixels[0]?.length ?? 1];
  return (
    <svg width={(side * width) / Math.max(width, height)} height={(side * height) / Math.max(width, height)} viewBox={`0 0 ${width} ${height}`} shapeRendering="crispEdges" role="img" aria-label={`A picture of ${height} by ${width} pixels`}>
      {pixels.flatMap((line, y) => line.map((colour, x) => <rect key={`${x} ${y}`} x={x} y={y} width={1} height={1} fill={colour} />))}
    </svg>
  );
}

/** A picture that is a file of the project's: the key goes with the request, so its address alone will not do. */
export function FilePicture({ uri }: { uri: string }) {
  const client = useClient();
  const { data } = useQuery({
    queryKey: ['picture', uri],
    staleTime: Infinity,
    retry: false,
    queryFn: async ({ signal }) => new Response((await client.files.get(uri.slice('files/'.length), { signal })).body).blob(),
  });
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (data === undefined) return;
    const made = URL.createObjectURL(data);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return url === undefined ? null : <img src={url} alt={uri} title={uri} style={{ width: side, height: side, objectFit: 'contain' }} />;
}

/** Whether a file is a picture that the page can show: one of the project's, and not of a bucket. */
export const isPictureFile = (value: unknown): value is string => typeof value === 'string' && /^files\/.+\.(png|jpe?g)$/i.test(value);
