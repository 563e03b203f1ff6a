import '../../ui/no-eval.ts'; // first: a schema looks at it when it is made
import { z } from 'zod';
import { StationIdSchema } from '../../kernel/domain/ids.ts';
import { KIOSK_NAMESPACE, KioskStateSchema } from '../../kernel/protocol/kiosk-events.ts';
import { BrowserDevice, codeFromAddress } from '../../ui/device.ts';
import { indexedDeviceStore } from '../../ui/device-store.ts';
import { CommandRefused, openEdgeSocket } from '../../ui/edge-socket.ts';
import type { Line } from './line.ts';

const ConfigurationSchema = z.object({ edgeUrl: z.url(), stationId: StationIdSchema });
const CodeSchema = z.object({ code: z.string() });
/** Somebody stands there and waits for the answer. */
const WITHDRAW_MS = 4_000;

/**
 * Enrols this kiosk where needed and keeps a line to its edge.
 * @throws {Error} if the kiosk's own process does not say where the edge is
 */
export async function openEdgeLine(): Promise<Line> {
  const { edgeUrl, stationId } = ConfigurationSchema.parse(await local('configuration'));
  const device = new BrowserDevice({
    baseUrl: edgeUrl,
    kind: 'kiosk',
    name: stationId,
    store: indexedDeviceStore('kiosk'),
    code: enrolmentCode,
  });
  const edge = openEdgeSocket({
    url: edgeUrl,
    namespace: KIOSK_NAMESPACE,
    state: KioskStateSchema,
    token: () => device.token(),
    onRefused: () => device.forgetToken(),
    onUnreadable: (reason) => console.error('state refused', reason),
  });
  return {
    state: edge.state,
    connected: edge.connected,
    forget: () => edge.forget(),
    act: (act) => void edge.send('act', act, z.null()).catch(() => undefined),
    async withdraw(act) {
      try {
        await edge.send('act', act, z.null(), WITHDRAW_MS);
        return 'written';
      } catch (error) {
        if (error instanceof CommandRefused && error.code === 'request/not-found') return 'over';
        throw error;
      }
    },
    async report(exposure) {
      try {
        await edge.send('exposure', exposure, z.object({ recorded: z.int() }));
        return 'recorded';
      } catch (error) {
        if (error instanceof CommandRefused) return 'refused';
        throw error;
      }
    },
  };
}

async function enrolmentCode(): Promise<string | undefined> {
  const given = codeFromAddress();
  if (given !== undefined) return given;
  const answer = CodeSchema.safeParse(await local('enrolment-code', { method: 'POST' }));
  return answer.success ? answer.data.code : undefined;
}

/** Answered by the kiosk's own process on this machine: the loopback server, or Electron. */
async function local(path: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(`/local/${path}`, { ...init, signal: AbortSignal.timeout(3_000) });
  return response.ok ? ((await response.json()) as unknown) : undefined;
}
