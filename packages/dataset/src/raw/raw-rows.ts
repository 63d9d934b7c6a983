/** Rows as whoever wants predictions has sent them: values as JSON has them. */
export interface RawRows {
  readonly count: number;
  /** A column's value of each row; `undefined` where a row has none. */
  column(name: string): readonly unknown[];
  /** A JSON pointer to a row's value of a column, or to the row where the name is none of a column. */
  place(row: number, column: string): string;
}
