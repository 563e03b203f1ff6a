import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectBlueZ } from '../../../firmware-bridge/ble/system-bus.ts';
import { endLater } from '../../support/endings.ts';
import { runs } from '../../support/runs.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

const nobody = {
  advert: () => undefined,
  forgotten: () => undefined,
  restarted: () => undefined,
  adaptersChanged: () => undefined,
  closed: () => undefined,
};

/** A bus that takes connections and says nothing, or no more than that we may come in. */
async function silentBus(greets: boolean) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    socket.on('data', (data) => {
      const text = data.toString('latin1');
      if (greets && text.includes('AUTH')) socket.write(`OK ${'0'.repeat(32)}\r\n`);
    });
  });
  const path = join(tempDir(), 'bus');
  server.listen(path);
  await once(server, 'listening');
  endLater(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return { address: `unix:path=${path}`, open };
}

test.each([
  ['says nothing', false],
  ['lets us in and then says nothing', true],
])(
  '[fault-19] a bus that %s is left in time, each time anew, and nothing stays open',
  async (_, greets) => {
    const bus = await silentBus(greets);
    for (let i = 0; i < runs(3); i += 1) {
      await expect(connectBlueZ(bus.address, nobody, 50)).rejects.toMatchObject({
        code: 'time/out',
      });
      await until('the end of the connection', 5_000, () => bus.open.size === 0);
    }
  },
);
