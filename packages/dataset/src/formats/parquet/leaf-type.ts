import type { SchemaElement } from 'hyparquet';
import type { DType } from '@trainyard/ndarray';

/** What the leaves of a column are. */
export type LeafType = { readonly kind: 'numbers'; readonly dtype: DType } | { readonly kind: 'text' } | { readonly kind: 'bytes' };

/** @returns what a leaf of the schema is, or why it is none that is read */
export function leafType(element: SchemaElement): LeafType | { readonly refused: string } {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (isTime(element)) return { refused: 'dates and times; save them as numbers, such as seconds since a day (in pandas: .astype("int64"))' };
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return { kind: 'numbers', dtype: 'float64' };
  switch (type) {
    case 'BOOLEAN':
      return { kind: 'numbers', dtype: 'bool' };
    case 'INT32':
      if (isUnsigned(element, 32)) return { kind: 'numbers', dtype: 'int64' };
      return { kind: 'numbers', dtype: isUnsigned(element, 8) ? 'uint8' : 'int32' };
    case 'INT64':
      return { kind: 'numbers', dtype: 'int64' };
    case 'FLOAT':
      return { kind: 'numbers', dtype: 'float32' };
    case 'DOUBLE':
      return { kind: 'numbers', dtype: 'float64' };
    case 'BYTE_ARRAY':
      return { kind: isText(element) ? 'text' : 'bytes' };
    case 'FIXED_LEN_BYTE_ARRAY':
      if (logical?.type === 'FLOAT16') return { kind: 'numbers', dtype: 'float32' };
      return { kind: logical?.type === 'UUID' ? 'text' : 'bytes' };
    default:
      return { refused: `values of type ${type ?? 'unknown'}` };
  }
}

function isTime({ type, converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return type === 'INT96' || /^(DATE|TIME|INTERVAL)/.test(converted ?? '') || ['DATE', 'TIME', 'TIMESTAMP'].includes(logical?.type ?? '');
}

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement, bits: number): boolean {
  return converted === `UINT_${bits}` || (logical?.type === 'INTEGER' && logical.bitWidth === bits && !logical.isSigned);
}

function isText({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return ['UTF8', 'ENUM', 'JSON'].includes(converted ?? '') || ['STRING', 'ENUM', 'JSON'].includes(logical?.type ?? '');
}
