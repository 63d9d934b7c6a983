import type { ColumnType } from '@trainyard/protocol';

export type { ColumnType };
export type NumbersType = Extract<ColumnType, { kind: 'numbers' }>;
export type SequencesType = Extract<ColumnType, { kind: 'sequences' }>;
export type TextType = Extract<ColumnType, { kind: 'text' }>;

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
