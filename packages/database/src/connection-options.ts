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
  /** Milliseconds after which the server ends a transaction in which its client does nothing. */
  readonly idle_in_transaction_session_timeout: number;
  readonly application_name: string;
}

/**
 * A process that is stopped, or whose machine is gone, in the middle of a transaction holds its job's row until the server
 * ends that: nobody could take the job over, and sweepers would wait for the row. Less than a lease, and far more than any
 * transaction of ours pauses.
 */
const idleInTransactionMs = 10_000;

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
    idle_in_transaction_session_timeout: idleInTransactionMs,
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
