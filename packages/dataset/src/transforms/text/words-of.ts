import type { TransformOf } from '@trainyard/protocol';

/** Cuts texts into words, or into characters. */
export type Cut = (text: string) => readonly string[];

/**
 * Keras's `text_to_word_sequence`: each character of `filters` becomes `split`, and what lies between splits is a word.
 * With `char_level` each character is one, as it stands: Keras 2.0.8 looks at neither `lower` nor `filters` then.
 */
export function cutter({ filters, lower, split, char_level: charLevel }: TransformOf<'tokenize'>): Cut {
  if (charLevel) return (text) => [...text];
  const filtered = filters === '' ? undefined : new RegExp(`[${filters.replace(/[\\\]^[-]/g, '\\$&')}]`, 'gu');
  return (text) => {
    const cased = lower ? text.toLowerCase() : text;
    const clean = filtered ? cased.replace(filtered, () => split) : cased;
    return clean.split(split).filter((word) => word !== '');
  };
}
