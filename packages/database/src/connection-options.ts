/** What a pool of `pg` is told. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
  readonly ssl?: boolean | { rejectUnauthorized: boolean };
  readonly connectionTimeoutMillis: number;
  readonly keepAlive: boolean;
  readonly application_name: string;
}

/**
 * A `postgresql://user:password@host:port/database?sslmode=…` URL as pg's options, one by one. Seconds to wait for a
 * connection are bounded: a database that is away should be noticed, not waited for.
 *
 * @throws Error when the URL is not one of Postgres.
 */
export function connectionOptions(url: string): ConnectionOptions {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new Error('DATABASE_URL: expected postgresql://user:password@host:port/database, received something that is no URL');
  }
  const database = decodeURIComponent(parsed.pathname.slice(1));
  if (!/^postgres(ql)?:$/.test(parsed.protocol) || database === '')
    throw new Error(`DATABASE_URL: expected postgresql://user:password@host:port/database, received ${parsed.protocol}//…${parsed.pathname}`);
  const host = parsed.searchParams.get('host') ?? parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host: host === '' ? 'localhost' : host,
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username) || 'postgres',
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    database,
    ...sslOptions(parsed.searchParams.get('sslmode')),
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'trainyard',
  };
}

function sslOptions(mode: string | null): Pick<ConnectionOptions, 'ssl'> {
  switch (mode) {
    case null:
    case 'disable':
    case 'prefer':
      return {};
    case 'require':
      return { ssl: { rejectUnauthorized: false } }; // as libpq means it: encrypted, whoever the server is
    case 'verify-ca':
    case 'verify-full':
      return { ssl: true };
    default:
      throw new Error(`DATABASE_URL: sslmode: expected disable, prefer, require, verify-ca or verify-full, received ${mode}`);
  }
}
