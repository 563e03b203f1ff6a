import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CustomerId } from '../../kernel/domain/ids.ts';
import {
  CustomersSchema,
  EnrolmentCodeMadeSchema,
  JoinMadeSchema,
  TimelineSchema,
  type TimelineEntry,
} from '../../kernel/protocol/console-api.ts';
import { askOperator } from '../../node/operator-client.ts';
import type { BluezVm } from './bluez-vm.ts';
import { freePort } from './ports.ts';
import { startSoglia, type RunningProcess } from './process.ts';
import { plugPseudoScanner, type PseudoScanner } from './pty.ts';
import { tempDir } from './temp-dir.ts';

/** A whole shop of real processes: HQ, edge, bridge and kiosk files, with a radio of the virtual machine and a scanner. */
export interface Shop {
  readonly hqUrl: string;
  readonly edgeUrl: string;
  readonly kioskUrl: string;
  readonly scanner: PseudoScanner;
  readonly folder: string;
  readonly hq: Part;
  readonly edge: Part;
  readonly bridge: Part;
  askHq<T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: unknown,
  ): Promise<T>;
  askEdge<T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<T>;
  /** The link of a joining QR for somebody with these segments. */
  joinLink(segments?: readonly string[]): Promise<string>;
  customerByCard(cardNumber: string): Promise<CustomerId | undefined>;
  timeline(customerId: CustomerId): Promise<readonly TimelineEntry[]>;
}

/** A process that can be ended and started again with the same data and address. */
export interface Part {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** As when the power of its box fails. */
  kill(): Promise<void>;
  output(): string;
  /** The first line of standard output, of the present run, that matches. */
  line(pattern: RegExp, deadlineMs?: number): Promise<string>;
}

export const SHOP_STORE = 'bottega';
export const SHOP_KIOSK = 'kiosk-1';
const READY = /"msg":"ready"/;
const READY_WITHIN_MS = 40_000;

/**
 * @param vm - whose radio the bridge hears; undefined: none
 * @param more - parts of soglia.yaml in place of one radio, one scanner, one kiosk and one handheld
 */
export async function openShop(
  vm: BluezVm | undefined,
  more: Record<string, unknown> = {},
): Promise<Shop> {
  const folder = tempDir();
  const [hqPort, edgePort, kioskPort] = [await freePort(), await freePort(), await freePort()];
  const scanner = await plugPseudoScanner('usb-Soglia_Test_Scanner_0001-if00', folder);
  const hqUrl = `http://127.0.0.1:${String(hqPort)}`;
  const edgeUrl = `http://127.0.0.1:${String(edgePort)}`;
  const config = join(folder, 'soglia.yaml');
  // JSON is YAML.
  writeFileSync(
    config,
    JSON.stringify({
      store: { id: SHOP_STORE, timeZone: 'Europe/Rome' },
      hq: { url: hqUrl },
      edge: { port: edgePort },
      kiosk: { port: kioskPort },
      zones: ['entrance', 'aisle'],
      receivers: [{ id: 'hci0', zone: 'aisle', kind: 'bluez', adapter: 'hci0' }],
      scanners: [{ id: 'desk', kind: 'serial', device: scanner.path }],
      stations: [
        { id: SHOP_KIOSK, kind: 'kiosk', zone: 'aisle', scanners: ['desk'] },
        { id: 'handheld-1', kind: 'handheld' },
      ],
      ...more,
    }),
  );
  const data = (name: string) => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const operator = (name: string) => join(data(name), 'operator.sock');
  const part = (...args: string[]) =>
    partOf(args, vm === undefined ? {} : { DBUS_SYSTEM_BUS_ADDRESS: vm.busAddress });
  const toEdge = ['--edge', edgeUrl, '--operator-socket', operator('edge')];

  const hq = part('hq', '--data', data('hq'), '--port', String(hqPort));
  const edge = part(
    ...['edge', '--data', data('edge'), '--config', config],
    ...['--hq-operator-socket', operator('hq')],
  );
  const bridge = part('bridge', '--data', data('bridge'), '--config', config, ...toEdge);
  const kiosk = part('kiosk', '--station', SHOP_KIOSK, '--port', String(kioskPort), ...toEdge);
  const shop: Shop = {
    hqUrl,
    edgeUrl,
    kioskUrl: `http://127.0.0.1:${String(kioskPort)}/`,
    scanner,
    folder,
    hq,
    edge,
    bridge,
    askHq: (schema, method, path, body) =>
      askOperator(operator('hq'), schema, { method, path, body }),
    askEdge: (schema, method, path, body) =>
      askOperator(operator('edge'), schema, { method, path, body }),
    async joinLink(segments = []) {
      const body = { storeIds: [SHOP_STORE], segments };
      return (await shop.askHq(JoinMadeSchema, 'POST', '/v1/joins', body)).url;
    },
    async customerByCard(cardNumber) {
      const { customers } = await shop.askHq(CustomersSchema, 'GET', '/v1/customers');
      return customers.find(({ cards }) => cards.includes(cardNumber))?.customerId;
    },
    async timeline(customerId) {
      const path = '/v1/customers/timeline';
      return (await shop.askHq(TimelineSchema, 'POST', path, { customerId })).entries;
    },
  };
  await hq.start();
  await shop.askHq(z.unknown(), 'PUT', `/v1/stores/${SHOP_STORE}`, { name: 'Bottega Soglia' });
  await edge.start();
  await bridge.start();
  await kiosk.start();
  return shop;
}

/** A code for a device that the test itself plays. */
export async function enrolmentCode(shop: Shop, kind: string, name?: string): Promise<string> {
  const body = { kind, ...(name !== undefined && { name }) };
  return (await shop.askEdge(EnrolmentCodeMadeSchema, 'POST', '/v1/enrolment-codes', body)).code;
}

function partOf(args: readonly string[], env: NodeJS.ProcessEnv): Part {
  let running: RunningProcess | undefined;
  const now = (): RunningProcess => {
    if (running === undefined) throw new Error(`${args[0] ?? ''} is not running`);
    return running;
  };
  return {
    async start() {
      running = startSoglia(args, { env });
      await running.line(READY, READY_WITHIN_MS);
    },
    async stop() {
      await now().stop();
    },
    async kill() {
      await now().kill();
    },
    output: () => now().output(),
    line: (pattern, deadlineMs) => now().line(pattern, deadlineMs),
  };
}
