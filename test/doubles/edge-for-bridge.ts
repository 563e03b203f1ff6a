import { createServer } from 'node:http';
import { once } from 'node:events';
import { Server, type Socket } from 'socket.io';
import {
  BRIDGE_NAMESPACE,
  type BridgeHealth,
  type BridgeScan,
  type Tone,
} from '../../kernel/protocol/bridge-events.ts';
import { decodeSightingBatch, type TokenSighting } from '../../kernel/protocol/sighting-batch.ts';
import { endLater } from '../support/endings.ts';
import { portOf } from '../support/ports.ts';

type Respond = (answer: unknown) => void;

/** The edge's side of the bridge's socket: a real socket.io server whose answers can be chosen. */
export class EdgeForBridge {
  /** Tokens that it takes; all where empty. */
  readonly validTokens = new Set<string>();
  /** 'silent' never answers; 'refuse' answers with a code. */
  scanAnswer: Tone | 'silent' | 'refuse' | 'nonsense' = 'good';
  answersBatches = true;
  /** Takes a bridge in and closes in the same breath. */
  closesAtOnce = false;
  readonly scans: BridgeScan[] = [];
  readonly sightings: TokenSighting[] = [];
  readonly batchBytes: number[] = [];
  readonly health: BridgeHealth[] = [];
  readonly tokensSeen: string[] = [];
  /** Batches that wait for an answer. */
  readonly unanswered: Respond[] = [];
  #io: Server | undefined;
  #port = 0;
  readonly #sockets = new Set<Socket>();

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }
  get bridges(): number {
    return this.#sockets.size;
  }

  /** Listens, on the same port each time. */
  async open(): Promise<this> {
    const http = createServer();
    const io = new Server(http, { transports: ['websocket'], maxHttpBufferSize: 64 * 1024 });
    const namespace = io.of(BRIDGE_NAMESPACE);
    namespace.use((socket, next) => {
      const token = String((socket.handshake.auth as { token?: unknown }).token);
      this.tokensSeen.push(token);
      const isTaken = this.validTokens.size === 0 || this.validTokens.has(token);
      next(isTaken ? undefined : new Error('no such token'));
    });
    namespace.on('connection', (socket) => {
      if (this.closesAtOnce) {
        socket.disconnect(true);
        return;
      }
      this.#sockets.add(socket);
      socket.on('disconnect', () => this.#sockets.delete(socket));
      this.#serve(socket);
    });
    http.listen(this.#port, '127.0.0.1');
    await once(http, 'listening');
    this.#port = portOf(http);
    this.#io = io;
    endLater(() => this.close());
    return this;
  }

  async close(): Promise<void> {
    const io = this.#io;
    this.#io = undefined;
    await io?.close();
  }

  /** Hangs up on every bridge and goes on listening. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.disconnect(true);
  }

  tell(settings: unknown): void {
    for (const socket of this.#sockets) socket.emit('settings', settings);
  }

  #serve(socket: Socket): void {
    socket.on('scan', (scan: BridgeScan, respond: Respond) => {
      this.scans.push(scan);
      if (this.scanAnswer === 'silent') return;
      if (this.scanAnswer === 'nonsense') respond('?');
      else if (this.scanAnswer === 'refuse') {
        respond({ ok: false, code: 'store/busy', message: 'busy' });
      } else respond({ ok: true, outcome: { tone: this.scanAnswer } });
    });
    socket.on('sightings', (bytes: Uint8Array, respond: Respond) => {
      this.batchBytes.push(bytes.length);
      const batch = decodeSightingBatch(bytes);
      if (batch.kind === 'sightings') this.sightings.push(...batch.sightings);
      const resolved = batch.kind === 'sightings' ? batch.sightings.length : 0;
      const answer = () => {
        respond({ ok: true, outcome: { resolved } });
      };
      if (this.answersBatches) answer();
      else this.unanswered.push(answer);
    });
    socket.on('health', (health: BridgeHealth, respond: Respond) => {
      this.health.push(health);
      respond({ ok: true, outcome: null });
    });
  }
}
