import type { DType } from '@trainyard/ndarray';

/** What a column holds in each row. */
export type ColumnType = NumbersType | SequencesType | TextType | BytesType;

/** Numbers, as many in each row. */
export interface NumbersType {
  readonly kind: 'numbers';
  readonly dtype: DType;
  /** Of one row. */
  readonly shape: readonly number[];
  /** Parsed from text at full precision: becomes float32 in the end, unless a transform says otherwise. */
  readonly parsed: boolean;
}

/** Numbers, in each row as many as it happens to have. */
export interface SequencesType {
  readonly kind: 'sequences';
  readonly dtype: DType;
  /** Of one element of a sequence: `[]` for numbers, `[3]` for vectors. */
  readonly shape: readonly number[];
  readonly parsed: boolean;
}

export interface TextType {
  readonly kind: 'text';
}

/** Opaque bytes, such as those of a JPEG. */
export interface BytesType {
  readonly kind: 'bytes';
}

/** In words, for messages: `float32 rows of shape [20]`. */
export function describeType(type: ColumnType): string {
  switch (type.kind) {
    case 'numbers':
      return `${type.dtype} rows of shape [${type.shape.join(', ')}]`;
    case 'sequences':
      return `${type.dtype} sequences of any length${type.shape.length > 0 ? `, of elements of shape [${type.shape.join(', ')}]` : ''}`;
    case 'text':
      return 'text';
    case 'bytes':
      return 'bytes';
  }
}
