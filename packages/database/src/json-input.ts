import { Prisma } from './generated/client.js';

/** A value of the protocol's types, as Prisma wants it for a JSON column. */
export const jsonInput = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue;

/** The same for a column that may be null. */
export const nullableJson = (value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull =>
  value === null || value === undefined ? Prisma.DbNull : value;

/** The same for raw SQL: the parameter is text and cast to json. */
export const jsonSql = (value: unknown): Prisma.Sql =>
  value === null || value === undefined ? Prisma.sql`NULL::json` : Prisma.sql`${JSON.stringify(value)}::json`;
