const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `47.1 KiB`, `1.8 MiB`, `5.2 GiB` */
export function fileSize(bytes: number): string {
  const { unit, scaled } = inUnitOf(bytes);
  return `${scaled(bytes)} ${unit}`;
}

/** How much of a whole: `1.0/1.8 MiB` */
export function partOfSize(done: number, total: number): string {
  const { unit, scaled } = inUnitOf(total);
  return `${scaled(done)}/${scaled(total)} ${unit}`;
}

function inUnitOf(bytes: number): { readonly unit: string; readonly scaled: (bytes: number) => string } {
  const power = Math.max(1, units.findLastIndex((_, i) => bytes >= 1024 ** (i + 1)) + 1);
  return { unit: units[power - 1] ?? 'KiB', scaled: (count) => (count / 1024 ** power).toFixed(1) };
}
