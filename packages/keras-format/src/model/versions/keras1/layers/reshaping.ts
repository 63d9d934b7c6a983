import { isJsonObject, type Json } from '../../../../json.js';
import type { LayerReader, Translation } from '../translation.js';

export const upSampling1d: LayerReader = (layer) => {
  layer.rename('length', 'size');
  return 'UpSampling1D';
};

export const upSampling =
  (dimensions: 2 | 3): LayerReader =>
  (layer) => {
    layer.same('size').readDataFormat();
    return `UpSampling${dimensions}D`;
  };

export const cropping =
  (dimensions: 2 | 3): LayerReader =>
  (layer) => {
    layer.same('cropping').readDataFormat();
    return `Cropping${dimensions}D`;
  };

/** `padding`: a number, `{left_pad, right_pad}` or [left, right]. */
export const zeroPadding1d: LayerReader = (layer) => {
  layer.rename('padding', 'padding', ({ value }) => (isJsonObject(value) ? sides(layer, value, ['left_pad', 'right_pad']) : value));
  return 'ZeroPadding1D';
};

/** `padding`: [rows, columns], [top, bottom, left, right] or `{top_pad, bottom_pad, left_pad, right_pad}`. */
export const zeroPadding2d: LayerReader = (layer) => {
  layer.rename('padding', 'padding', ({ value }) => {
    const list = isJsonObject(value) ? sides(layer, value, ['top_pad', 'bottom_pad', 'left_pad', 'right_pad']) : value;
    if (!Array.isArray(list)) return list;
    if (list.length === 4) return [list.slice(0, 2), list.slice(2)];
    return bothSides(list);
  });
  layer.readDataFormat();
  return 'ZeroPadding2D';
};

export const zeroPadding3d: LayerReader = (layer) => {
  layer.rename('padding', 'padding', ({ value }) => (Array.isArray(value) ? bothSides(value) : value)).readDataFormat();
  return 'ZeroPadding3D';
};

function bothSides(list: readonly Json[]): Json[] {
  return list.map((one) => (Array.isArray(one) ? one : [one, one]));
}

function sides(layer: Translation, value: Readonly<Record<string, Json>>, names: readonly string[]): Json[] {
  if (!Object.keys(value).every((name) => names.includes(name))) throw layer.refuse('padding', `an object with ${names.join(', ')}`);
  return names.map((name) => value[name] ?? 0);
}
