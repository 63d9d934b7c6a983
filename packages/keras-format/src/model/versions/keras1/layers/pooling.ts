import type { LayerReader } from '../translation.js';

export const pooling1d =
  (className: string): LayerReader =>
  (layer) => {
    layer.rename('pool_length', 'pool_size', ({ value }) => [value]).rename('stride', 'strides', ({ value }) => (value === null ? null : [value])).rename('border_mode', 'padding');
    return className;
  };

export const pooling =
  (className: string): LayerReader =>
  (layer) => {
    layer.same('pool_size', 'strides').rename('border_mode', 'padding').readDataFormat();
    return className;
  };

export const globalPooling =
  (className: string): LayerReader =>
  (layer) => {
    layer.readDataFormat();
    return className;
  };
