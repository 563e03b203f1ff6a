import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Server } from 'socket.io';
import { expect, test } from 'vitest';
import { listen } from '../../node/listening.ts';
import { UpgradedSockets } from '../../node/upgraded-sockets.ts';
import { endLater } from '../support/endings.ts';
import { within } from '../support/until.ts';

/** A device that was connected and whose power is gone: its end takes bytes and never answers. */
async function aSilentDevice(port: number) {
  const socket = connect(port, '127.0.0.1');
  endLater(() => void socket.destroy());
  socket.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\n' +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString('latin1')).toContain(' 101 ');
  socket.on('data', () => undefined);
  return socket;
}

test('a device that says nothing any more does not hold the end of its server', async () => {
  const server = createServer();
  const sockets = new UpgradedSockets(server);
  const io = new Server(server, { transports: ['websocket'] });
  const { port } = await listen(server, { host: '127.0.0.1', port: 0 });
  const device = await aSilentDevice(port);
  const gone = once(device, 'close');
  await within('the end of the server', 10_000, sockets.cutIfSilent(io.close()));
  await within('the end of the connection', 1_000, gone);
});
