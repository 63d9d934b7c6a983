import { Button, Group, NumberInput, Switch, Text } from '@mantine/core';
import type { Json } from '@trainyard/protocol';
import { useEffect, useState, type PointerEvent } from 'react';
import { DropPlace } from '../data/drop-place.js';
import { paint, toArray, type Levels, type PixelShape } from './pixels.js';

/** Larger ones are not drawn by hand. */
const mostDrawn = 32;

/** A picture as an array of numbers: dropped and scaled down, or, where it is small, drawn. */
export function PixelsInput({ input, onRow }: { input: PixelShape; onRow: (row: Json | undefined) => void }) {
  const [levels, setLevels] = useState<Levels>();
  const [white, setWhite] = useState<number>(input.white);
  const [inverted, setInverted] = useState(false);
  const { height, width, channels } = input;
  const blank: Levels = Array<number>(height * width * channels).fill(0);
  const shown = levels?.map((level) => (inverted ? 1 - level : level));

  useEffect(() => {
    onRow(levels === undefined ? undefined : toArray(levels.map((level) => (inverted ? 1 - level : level)), { ...input, white }));
  }, [levels, white, inverted]);

  const draw = (event: PointerEvent<HTMLElement>): void => {
    if (event.buttons !== 1 && event.type !== 'pointerdown') return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = { x: Math.floor(((event.clientX - box.left) / box.width) * width), y: Math.floor(((event.clientY - box.top) / box.height) * height) };
    setLevels((before) => paint(before ?? blank, input, at));
  };

  return (
    <div>
      <DropPlace label="a picture" accept="image/*" hint={`It is scaled to ${width} × ${height} pixels${channels === 1 ? ' of grey' : ''}.`} onFiles={([file]) => void (file && readLevels(file, input).then(setLevels))} />
      <Group mt="sm" align="flex-start">
        {height <= mostDrawn && width <= mostDrawn ? (
          <div className="pad" role="img" aria-label={levels === undefined ? 'Draw here' : 'The picture; draw on it'} data-testid="pad" style={{ gridTemplateColumns: `repeat(${width}, 1fr)` }} onPointerDown={draw} onPointerMove={draw}>
            {Array.from({ length: height * width }, (_, pixel) => (
              <div key={pixel} style={{ background: colourOf(shown ?? blank, pixel, channels) }} />
            ))}
          </div>
        ) : (
          shown !== undefined && <Picture levels={shown} input={input} />
        )}
        <div>
          {height <= mostDrawn && <Text size="sm">Or draw here.</Text>}
          <NumberInput mt={6} size="xs" w={130} label="White is" min={0.001} value={white} onChange={(value) => typeof value === 'number' && setWhite(value)} />
          <Switch mt="sm" size="xs" label="Dark on light" checked={inverted} onChange={({ currentTarget: { checked } }) => setInverted(checked)} />
          <Button mt="sm" size="compact-xs" variant="light" disabled={levels === undefined} onClick={() => setLevels(undefined)}>
            Clear
          </Button>
        </div>
      </Group>
    </div>
  );
}

function Picture({ levels, input: { height, width, channels } }: { levels: Levels; input: PixelShape }) {
  const show = (canvas: HTMLCanvasElement | null): void => {
    const context = canvas?.getContext('2d');
    if (context === null || context === undefined) return;
    const image = context.createImageData(width, height);
    for (let pixel = 0; pixel < width * height; pixel++) {
      for (let channel = 0; channel < 3; channel++) image.data[pixel * 4 + channel] = (levels[pixel * channels + (channels === 3 ? channel : 0)] ?? 0) * 255;
      image.data[pixel * 4 + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  };
  return <canvas ref={show} width={width} height={height} className="preview" role="img" aria-label="The picture as it is sent" />;
}

function colourOf(levels: Levels, pixel: number, channels: 1 | 3): string {
  const of = (channel: number): number => Math.round((levels[pixel * channels + (channels === 3 ? channel : 0)] ?? 0) * 255);
  return `rgb(${of(0)} ${of(1)} ${of(2)})`;
}

/** A picture's pixels at another size; grey by the eye's measure of brightness. */
async function readLevels(file: Blob, { height, width, channels }: PixelShape): Promise<Levels> {
  const bitmap = await createImageBitmap(file, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser gives no canvas');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const levels: number[] = [];
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    if (channels === 3) levels.push(red / 255, green / 255, blue / 255);
    else levels.push((0.299 * red + 0.587 * green + 0.114 * blue) / 255);
  }
  return levels;
}
