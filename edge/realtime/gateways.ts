import type { Server as HttpServer } from 'node:http';
import { Server, type Namespace, type Socket } from 'socket.io';
import { z } from 'zod';
import type { StationId } from '../../kernel/domain/ids.ts';
import {
  BRIDGE_NAMESPACE,
  type BridgeHealth,
  BridgeHealthSchema,
  BridgeScanSchema,
  type BridgeSettings,
  type BridgeToEdge,
  type EdgeToBridge,
} from '../../kernel/protocol/bridge-events.ts';
import {
  type EdgeToHandheld,
  HANDHELD_NAMESPACE,
  HandheldCheckSchema,
  HandheldRedeemSchema,
  HandheldScanSchema,
  type HandheldState,
  type HandheldToEdge,
} from '../../kernel/protocol/handheld-events.ts';
import { SCREEN_HEARTBEAT } from '../../kernel/protocol/heartbeat.ts';
import {
  ExposureSchema,
  KIOSK_NAMESPACE,
  KioskActSchema,
  type KioskToEdge,
} from '../../kernel/protocol/kiosk-events.ts';
import { answering, type Listener, type Report, serveEvents } from '../../node/answering.ts';
import type { EnrolmentAuthority, TokenHolder } from '../../node/enrolment-authority.ts';
import { UpgradedSockets } from '../../node/upgraded-sockets.ts';
import type { Clock } from '../clock.ts';
import type { Engagement } from '../engagement/engagement.ts';
import type { StaffChecks } from '../engagement/staff-checks.ts';
import type { Verdicts } from '../engagement/verdicts.ts';
import type { Recogniser } from '../recognition/recogniser.ts';
import type { Redemption } from '../redemption/redemption.ts';
import { NewestState, versionedState } from './newest-state.ts';

export interface GatewayParts {
  readonly authority: Pick<EnrolmentAuthority, 'holderOf' | 'onRevoked'>;
  readonly engagement: Engagement;
  readonly verdicts: Verdicts;
  readonly staffChecks: Pick<StaffChecks, 'check'>;
  readonly redemption: Redemption;
  readonly recogniser: Pick<Recogniser, 'hear'>;
  readonly clock: Clock;
  readonly handheldState: () => HandheldState;
  readonly bridgeSettings: () => BridgeSettings;
  readonly bridgeHealth: (health: BridgeHealth) => void;
  /** Pages of other origins that may connect: the kiosk's. */
  readonly allowedOrigins: readonly string[];
  readonly report: Report;
}
/** Every event that a device may send: no more and no fewer than its protocol names. */
export type EventTable<Events> = Readonly<Record<keyof Events, Listener>>;

const HANDHELD_STATE: keyof EdgeToHandheld = 'state';
const SETTINGS: keyof EdgeToBridge = 'settings';
const LARGEST_MESSAGE_BYTES = 64 * 1024;
const BytesSchema = z.instanceof(Uint8Array, { error: 'not bytes' });

/** The namespaces and, for each, who may come in and what they may say. Everything else is denied. */
export function deviceEvents(parts: GatewayParts) {
  const { engagement, verdicts, staffChecks, redemption, recogniser, clock, report } = parts;
  return {
    [BRIDGE_NAMESPACE]: {
      kind: 'bridge',
      events: (): EventTable<BridgeToEdge> => ({
        sightings: answering(BytesSchema, (bytes) => recogniser.hear(bytes, clock.now()), report),
        scan: answering(
          BridgeScanSchema,
          async (scan) => ({ tone: await engagement.scan(scan) }),
          report,
        ),
        health: answering(
          BridgeHealthSchema,
          (health) => {
            parts.bridgeHealth(health);
            return null;
          },
          report,
        ),
      }),
    },
    [KIOSK_NAMESPACE]: {
      kind: 'kiosk',
      events: (stationId: StationId): EventTable<KioskToEdge> => ({
        act: answering(KioskActSchema, (act) => engagement.act(stationId, act), report),
        exposure: answering(
          ExposureSchema,
          (exposure) => engagement.expose(stationId, exposure),
          report,
        ),
      }),
    },
    [HANDHELD_NAMESPACE]: {
      kind: 'handheld',
      events: (stationId: StationId): EventTable<HandheldToEdge> => ({
        scan: answering(HandheldScanSchema, (scan) => verdicts.of(scan, stationId), report),
        check: answering(
          HandheldCheckSchema,
          (check) => staffChecks.check(check, stationId),
          report,
        ),
        redeem: answering(
          HandheldRedeemSchema,
          ({ requestId, code }) => redemption.redeem({ requestId, code, stationId }),
          report,
        ),
      }),
    },
  } as const;
}

/** The store's sockets. */
export class Gateways {
  readonly #io: Server;
  readonly #sockets: UpgradedSockets;
  readonly #parts: GatewayParts;
  readonly #screens = new Map<StationId, Set<NewestState>>();
  #version = 0;

  constructor(server: HttpServer, parts: GatewayParts) {
    this.#parts = parts;
    this.#sockets = new UpgradedSockets(server);
    const allowed = new Set(parts.allowedOrigins);
    this.#io = new Server(server, {
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: LARGEST_MESSAGE_BYTES,
      perMessageDeflate: false,
      httpCompression: false,
      connectTimeout: 5_000,
      ...SCREEN_HEARTBEAT,
      allowRequest: ({ headers: { origin, host } }, decide) => {
        const isOwn = origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
        decide(null, origin === undefined || isOwn || allowed.has(origin));
      },
    });
    this.#io.use((_socket, next) => next(new Error('request/denied'))); // the root namespace is nobody's
    const table = deviceEvents(parts);
    this.#open(BRIDGE_NAMESPACE, 'bridge', (socket) => {
      serveEvents(socket, table[BRIDGE_NAMESPACE].events());
      this.#tellSettings(socket);
    });
    this.#open(KIOSK_NAMESPACE, 'kiosk', (socket, stationId) => {
      serveEvents(socket, table[KIOSK_NAMESPACE].events(stationId));
      this.#serveScreen(socket, stationId);
    });
    this.#open(HANDHELD_NAMESPACE, 'handheld', (socket, stationId) => {
      serveEvents(socket, table[HANDHELD_NAMESPACE].events(stationId));
      socket.emit(HANDHELD_STATE, versionedState((this.#version += 1), parts.handheldState()));
    });
    parts.authority.onRevoked((deviceId) => {
      for (const name of Object.keys(table)) {
        for (const socket of this.#io.of(name).sockets.values()) {
          if (holderIn(socket)?.deviceId === deviceId) socket.disconnect(true);
        }
      }
    });
  }

  get connected(): number {
    return this.#io.engine.clientsCount;
  }

  /** A kiosk's state is another one. */
  stationChanged(stationId: StationId): void {
    for (const screen of this.#screens.get(stationId) ?? []) screen.poke();
  }

  handheldsChanged(): void {
    const message = versionedState((this.#version += 1), this.#parts.handheldState());
    this.#io.of(HANDHELD_NAMESPACE).emit(HANDHELD_STATE, message);
  }

  settingsChanged(): void {
    for (const socket of this.#io.of(BRIDGE_NAMESPACE).sockets.values()) this.#tellSettings(socket);
  }

  async close(): Promise<void> {
    this.#io.disconnectSockets(true);
    await this.#sockets.cutIfSilent(this.#io.close());
  }

  #open(
    name: string,
    kind: TokenHolder['kind'],
    serve: (socket: Socket, stationId: StationId) => void,
  ): void {
    const namespace: Namespace = this.#io.of(name);
    namespace.use((socket, next) => {
      const { token } = socket.handshake.auth as { readonly token?: unknown };
      const holder = this.#parts.authority.holderOf(typeof token === 'string' ? token : undefined);
      if (holder?.kind !== kind) {
        next(new Error('request/denied'));
        return;
      }
      (socket.data as SocketData).holder = holder;
      next();
    });
    namespace.on('connection', (socket) => {
      const holder = holderIn(socket);
      if (holder === undefined) return;
      // A socket ends with its token (wire-8).
      const left = Math.max(0, holder.expiresAt - this.#parts.clock.now());
      const timer = setTimeout(() => socket.disconnect(true), left);
      socket.on('disconnect', () => clearTimeout(timer));
      // A kiosk's or handheld's code was made for a station, a bridge has none.
      serve(socket, (holder.name ?? '') as StationId);
    });
  }

  #serveScreen(socket: Socket, stationId: StationId): void {
    const screen = new NewestState(
      {
        get connected() {
          return socket.connected;
        },
        emitWithin: (ms, event, message) => socket.timeout(ms).emitWithAck(event, message),
        disconnect: () => socket.disconnect(true),
      },
      () => this.#parts.engagement.kioskState(stationId),
    );
    const screens = this.#screens.get(stationId) ?? new Set();
    this.#screens.set(stationId, screens.add(screen));
    socket.on('disconnect', () => screens.delete(screen));
    screen.poke();
  }

  #tellSettings(socket: Socket): void {
    socket.emit(SETTINGS, versionedState((this.#version += 1), this.#parts.bridgeSettings()));
  }
}

interface SocketData {
  holder?: TokenHolder;
}
function holderIn(socket: Socket): TokenHolder | undefined {
  return (socket.data as SocketData).holder;
}
