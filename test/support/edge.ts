import { io, type Socket } from 'socket.io-client';
import { uuidv7 } from 'uuidv7';
import { start, type EdgeOptions, type Running } from '../../edge/main.ts';
import type { ReceiverId } from '../../kernel/domain/ids.ts';
import { EnrolmentCodeMadeSchema } from '../../kernel/protocol/console-api.ts';
import { type KioskState, KioskStateSchema } from '../../kernel/protocol/kiosk-events.ts';
import { versioned, type Answer } from '../../kernel/protocol/reply.ts';
import { encodeSightingBatch } from '../../kernel/protocol/sighting-batch.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { EnrolmentClient } from '../../node/enrolment-client.ts';
import { createLog } from '../../node/logs.ts';
import { askOperator } from '../../node/operator-client.ts';
import { endLater } from './endings.ts';
import { tempDir } from './temp-dir.ts';
import { until, within } from './until.ts';

export const CONFIGURATION = {
  store: { id: 'bottega', timeZone: 'Europe/Rome' },
  hq: { url: 'http://127.0.0.1:9' },
  edge: {},
  kiosk: {},
  zones: ['entrance', 'aisle'],
  receivers: [{ id: 'r1', zone: 'entrance', kind: 'simulated' }],
  scanners: [
    { id: 'desk', kind: 'simulated' },
    { id: 'till-1', kind: 'simulated' },
  ],
  stations: [
    { id: 'kiosk-1', kind: 'kiosk', zone: 'entrance', scanners: ['desk'] },
    { id: 'till', kind: 'till', scanners: ['till-1'] },
    { id: 'handheld-1', kind: 'handheld' },
  ],
  presence: { leaveAfterMs: 60_000 },
};

/** A store server of this test's own, in this process, with what an installer and the devices do to it. */
export async function anEdge(
  given: Partial<EdgeOptions> & { hqUrl?: string; more?: object } = {},
): Promise<TestedEdge> {
  const dataDir = given.dataDir ?? tempDir();
  const { hqUrl, more, ...options } = given;
  const tree = {
    ...CONFIGURATION,
    ...more,
    hq: { url: hqUrl ?? CONFIGURATION.hq.url },
  };
  const edge = await start({
    configuration: parseConfiguration(JSON.stringify(tree), 'soglia.yaml'),
    port: 0,
    log: createLog('edge', { level: 'silent' }),
    pollMs: 60_000,
    ...options,
    dataDir,
  });
  endLater(() => edge.stop());
  return new TestedEdge(edge, dataDir);
}

export class TestedEdge {
  readonly running: Running;
  readonly dataDir: string;

  constructor(running: Running, dataDir: string) {
    this.running = running;
    this.dataDir = dataDir;
  }

  get url(): string {
    return this.running.url;
  }

  async code(kind: string, name?: string): Promise<string> {
    const body = { kind, ...(name === undefined ? {} : { name }) };
    const ask = { method: 'POST', path: '/v1/enrolment-codes', body } as const;
    return (await askOperator(this.running.operatorSocket, EnrolmentCodeMadeSchema, ask)).code;
  }

  /** A token of a freshly enrolled device. */
  async token(kind: 'bridge' | 'kiosk' | 'handheld' | 'till', name?: string): Promise<string> {
    const now = () => Date.now();
    const client = await EnrolmentClient.open({ url: this.url, folder: tempDir(), kind, now });
    await client.enrol((await this.code(kind, name)).replace('-', ''), name);
    return client.token();
  }

  /** @throws with the server's words if it does not let the device in */
  async socket(
    namespace: string,
    token: unknown,
    listen: (socket: Socket) => void = () => undefined,
  ): Promise<Socket> {
    const socket = io(`${this.url}${namespace}`, {
      transports: ['websocket'],
      auth: { token },
      reconnection: false,
      forceNew: true,
    });
    endLater(() => void socket.disconnect());
    listen(socket); // before it connects: the first state comes with the connection
    await within(
      `the socket of ${namespace}`,
      5_000,
      new Promise((resolve, reject) => {
        socket.once('connect', () => resolve(undefined));
        socket.once('connect_error', reject);
      }),
    );
    return socket;
  }

  async bridge(): Promise<TestedBridge> {
    return new TestedBridge(await this.socket('/bridge', await this.token('bridge')));
  }

  async kiosk(): Promise<TestedKiosk> {
    const token = await this.token('kiosk', 'kiosk-1');
    const seen: KioskState[] = [];
    const socket = await this.socket('/kiosk', token, (connecting) => {
      connecting.on('state', (message: unknown, drawn: () => void) => {
        seen.push(versioned(KioskStateSchema).parse(message).state);
        drawn();
      });
    });
    return new TestedKiosk(socket, seen);
  }

  async handheld(): Promise<Socket> {
    return this.socket('/handheld', await this.token('handheld', 'handheld-1'));
  }
}

/** Sends an event and gives its answer back. */
export async function ask<T = unknown>(
  socket: Socket,
  event: string,
  payload: unknown,
): Promise<Answer<T>> {
  return (await socket.timeout(5_000).emitWithAck(event, payload)) as Answer<T>;
}

export class TestedBridge {
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** The tone of a scan. */
  async scan(text: string, scannerId = 'desk', given: object = {}): Promise<string> {
    const frame = Buffer.from(text).toString('hex');
    const scan = { requestId: uuidv7(), scannerId, frame, ageMs: 0, ...given };
    const answer = await ask<{ tone: string }>(this.socket, 'scan', scan);
    return answer.ok ? answer.outcome.tone : answer.code;
  }

  hear(...tokens: Uint8Array[]) {
    const sightings = tokens.map((token) => ({
      receiverId: 'r1' as ReceiverId,
      carrier: 'eid' as const,
      token,
      rssiDbm: -60,
      ageMs: 0,
    }));
    return ask<{ resolved: number }>(
      this.socket,
      'sightings',
      Buffer.from(encodeSightingBatch(sightings)),
    );
  }
}

type Screen<K extends KioskState['screen']['kind']> = Extract<KioskState['screen'], { kind: K }>;

type Note = NonNullable<KioskState['note']>['content'];

/** A screen that draws whatever it is sent, at once. */
export class TestedKiosk {
  readonly socket: Socket;
  readonly seen: readonly KioskState[];

  constructor(socket: Socket, seen: readonly KioskState[]) {
    this.socket = socket;
    this.seen = seen;
  }

  get state(): KioskState | undefined {
    return this.seen.at(-1);
  }

  screen<K extends KioskState['screen']['kind']>(kind: K, deadlineMs = 3_000): Promise<Screen<K>> {
    return until(`the screen ${kind}`, deadlineMs, () => {
      const screen = this.state?.screen;
      return screen?.kind === kind ? (screen as Screen<K>) : undefined;
    });
  }

  note(kind: Note['kind']): Promise<Note> {
    return until(`the note ${kind}`, 3_000, () => {
      const content = this.state?.note?.content;
      return content?.kind === kind ? content : undefined;
    });
  }

  expose(decisionId: string, offerIds: readonly string[], requestId: string = uuidv7()) {
    return ask<{ recorded: number }>(this.socket, 'exposure', { requestId, decisionId, offerIds });
  }
}
