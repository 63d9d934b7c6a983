import { z } from 'zod';

/** Text that a database can hold and a header can be made of: Unicode without control characters and half surrogates. */
export const plainText = (min: number, max: number) =>
  z.string().min(min).max(max).refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), { error: 'expected text without control characters' });
