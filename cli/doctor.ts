import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { SogliaError } from '../kernel/errors.ts';
import { type BridgeHealth, BridgeHealthSchema } from '../kernel/protocol/bridge-events.ts';
import { readAccuracyReport } from '../node/accuracy-report.ts';
import { needsCare, type ShopPart, ShopPartSchema } from '../kernel/protocol/shop-part.ts';
import { GatewayKeys } from '../firmware-bridge/gateways/gateway-keys.ts';
import { type Configuration, readConfiguration } from '../node/configuration.ts';
import { askOperator } from '../node/operator-client.ts';

interface Finding {
  readonly what: string;
  readonly state: 'good' | 'look' | 'bad';
  readonly found: string;
  /** What to do about it. */
  readonly mend?: string;
}
interface Flags {
  readonly config?: string;
  readonly data: string;
  readonly bridgeData: string;
  readonly json?: boolean;
}
const OLDEST_NODE = [20, 19] as const;
const LEAST_FREE_BYTES = 1024 ** 3;
/** A clock before this program was made is wrong: it decides which offers and leases hold. */
const EARLIEST_TIME = Date.UTC(2026, 0, 1);
const DEADLINE_MS = 3_000;
/** Below this many right instants a shop's zones deserve a look. */
const GOOD_ACCURACY = 0.85;
const SYSTEM_BUS = '/run/dbus/system_bus_socket';
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const SERIAL_BY_ID = '/dev/serial/by-id';

/** `soglia doctor`: what is wrong on this machine and how to mend it. Exit code 1 if something is. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .option('--config <file>', 'the shop: ./soglia.yaml, else the one that npm start made')
    .option('--data <folder>', 'the data folder of the store server', 'data/edge')
    .option('--bridge-data <folder>', 'the data folder of the bridge', 'data/bridge')
    .option('--json', 'for programs: one JSON array')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const usual = existsSync('soglia.yaml') ? 'soglia.yaml' : 'data/soglia.yaml';
  const findings = await examine(resolve(flags.config ?? usual), {
    data: resolve(flags.data),
    bridgeData: resolve(flags.bridgeData),
  });
  const lines = findings.map(({ what, state, found, mend }) => {
    const advice = mend === undefined ? '' : `\n       ${mend}`;
    return `${state.padEnd(5)}  ${what}: ${found}${advice}`;
  });
  process.stdout.write(`${flags.json ? JSON.stringify(findings) : lines.join('\n')}\n`);
  if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1;
}

/** Looks at everything that a store needs of its machine; each look has a deadline. */
export async function examine(
  config: string,
  { data, bridgeData }: { readonly data: string; readonly bridgeData: string },
): Promise<readonly Finding[]> {
  const findings = [node(), clock(), folder(data), disk(data)];
  const shop = configurationAt(config, findings);
  if (shop === undefined) return findings;
  const serving = await servesAlready(data);
  findings.push(serving?.finding ?? (await port(shop.edge.host, shop.edge.port)));
  findings.push(...partFindings(serving?.parts ?? []));
  findings.push(...radio(shop), ...(await gateways(shop, bridgeData, serving?.bridge)));
  findings.push(...(await zones(shop, data)));
  findings.push(...scanners(shop), await headOffice(shop.hq.url));
  return findings;
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isGood = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const found = `${process.versions.node}; no compiler is needed once npm ci has run`;
  if (isGood) return { what: 'Node.js', state: 'good', found };
  return { what: 'Node.js', state: 'bad', found, mend: 'install Node.js 20.19 or newer' };
}

function clock(): Finding {
  const found = new Date().toISOString();
  if (Date.now() >= EARLIEST_TIME) return { what: 'clock', state: 'good', found };
  return { what: 'clock', state: 'bad', found, mend: 'set it: timedatectl set-ntp true' };
}

function configurationAt(path: string, findings: Finding[]): Configuration | undefined {
  try {
    const configuration = readConfiguration(path);
    findings.push({ what: 'configuration', state: 'good', found: path });
    return configuration;
  } catch (error) {
    const found = error instanceof SogliaError ? error.message : String(error);
    const mend = `correct the fields named, or make ${path} with npm start`;
    findings.push({ what: 'configuration', state: 'bad', found, mend });
    return undefined;
  }
}

function folder(path: string): Finding {
  const there = existing(path);
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
    return { what: 'data folder', state: 'good', found: path };
  } catch {
    const mend = `give this user the right: chown "$USER" ${there}`;
    return { what: 'data folder', state: 'bad', found: `${there}: not writable`, mend };
  }
}

function disk(path: string): Finding {
  const { bavail, bsize } = statfsSync(existing(path));
  const free = bavail * bsize;
  const found = `${String(Math.round(free / 1024 ** 2))} MB free`;
  if (free >= LEAST_FREE_BYTES) return { what: 'disk', state: 'good', found };
  return { what: 'disk', state: 'look', found, mend: 'free some space: 1 GB or more is wanted' };
}

/** The nearest folder above that is there. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
}

interface Serving {
  readonly finding: Finding;
  /** What the bridge last told of itself. */
  readonly bridge: BridgeHealth | undefined;
  /** How the store server judges each receiver, scanner and beacon; gateways have more to say below. */
  readonly parts: readonly ShopPart[];
}

async function servesAlready(data: string): Promise<Serving | undefined> {
  const socket = join(data, 'operator.sock');
  if (!existsSync(socket)) return undefined;
  const schema = z.object({
    personalFeatures: z.string(),
    waiting: z.int(),
    bridge: BridgeHealthSchema.nullish(),
    parts: z.array(ShopPartSchema).default([]),
  });
  const ask = { method: 'GET', path: '/v1/status', deadlineMs: DEADLINE_MS } as const;
  try {
    const { personalFeatures, waiting, bridge, parts } = await askOperator(socket, schema, ask);
    const found = `serves; personal features ${personalFeatures}; ${String(waiting)} facts wait for HQ`;
    const finding = { what: 'store server', state: 'good', found } as const;
    return { finding, bridge: bridge ?? undefined, parts };
  } catch {
    return undefined; // left over from a run that was killed
  }
}

/** What the running store says of its radios, scanners and beacons. */
function partFindings(parts: readonly ShopPart[]): readonly Finding[] {
  return parts.map((part): Finding => {
    const { kind, id, state, reason, since, batteryLow, batteryMv } = part;
    const what = kind === 'bridge' ? 'bridge' : `${kind} ${id}, as the store knows it`;
    const battery = batteryMv === undefined ? '' : `, ${String(batteryMv)} mV`;
    const low = batteryLow === true ? '; its battery is low' : '';
    const words = reason === undefined ? '' : `: ${reason}`;
    const found = `${state} since ${new Date(since).toISOString()}${battery}${low}${words}`;
    if (!needsCare(part)) return { what, state: 'good', found };
    return { what, state: 'look', found, mend: PART_MENDS[kind] };
  });
}
const PART_MENDS = {
  bridge: 'start it: soglia bridge; where it runs, its log says why the store does not hear it',
  receiver: 'do as it says; the bridge goes on trying by itself',
  scanner: 'plug it in, and see that this user may open it',
  beacon: 'change its battery, or hang it where a receiver hears it',
} as const;

function port(host: string, number: number): Promise<Finding> {
  const what = `port ${String(number)}`;
  const server = createServer();
  return new Promise((settle) => {
    server.once('error', (error) => {
      const mend = 'stop the program that uses it, or set edge.port in the configuration';
      settle({ what, state: 'bad', found: error.message, mend });
    });
    server.listen(number, host, () => {
      server.close(() => settle({ what, state: 'good', found: `free on ${host}` }));
    });
  });
}

function radio({ receivers }: Configuration): readonly Finding[] {
  if (!receivers.some(({ kind }) => kind === 'bluez')) return [];
  const what = 'Bluetooth';
  const bus = process.env['DBUS_SYSTEM_BUS_ADDRESS'];
  if (bus === undefined && !existsSync(SYSTEM_BUS)) {
    const mend = 'install and start it: apt-get install bluez dbus; systemctl start bluetooth';
    return [{ what, state: 'bad', found: 'there is no system bus', mend }];
  }
  const adapters = '/sys/class/bluetooth';
  const names = existsSync(adapters) ? readdirSync(adapters).join(', ') : '';
  const found = names || `by the bus at ${bus ?? SYSTEM_BUS}; no adapter of this machine's own`;
  if (names !== '' || bus !== undefined) return [{ what, state: 'good', found }];
  return [
    { what, state: 'look', found, mend: 'plug an adapter in, or make the receiver simulated' },
  ];
}

/** Whether each gateway has its password, and what the bridge says of it where one runs. */
async function gateways(
  shop: Configuration,
  bridgeData: string,
  health: BridgeHealth | undefined,
): Promise<readonly Finding[]> {
  const keys = new GatewayKeys(bridgeData);
  const findings: Finding[] = [];
  for (const { id, kind, via } of shop.receivers) {
    if (kind !== 'gateway') continue;
    const what = `gateway ${id}`;
    const told = health?.receivers.find(({ receiverId }) => receiverId === id);
    const needsPassword = via === undefined && shop.gateways?.broker === undefined;
    if (told?.state === 'working') findings.push({ what, state: 'good', found: 'is heard' });
    else if (needsPassword && !(await keys.has(id).catch(() => false))) {
      const mend = `soglia gateway add ${id}, and enter in it what that prints`;
      const found = `has no password that can be read in ${bridgeData}`;
      findings.push({ what, state: 'look', found, mend });
    } else {
      const found = told?.reason ?? 'not heard: no bridge has told of it';
      const mend = 'see that it is on, and docs/gateways.md for what to enter in it';
      findings.push({ what, state: 'look', found, mend });
    }
  }
  for (const [door, at] of Object.entries({
    mqtt: shop.gateways?.mqtt,
    http: shop.gateways?.http,
  })) {
    if (at === undefined || LOOPBACK.has(at.host)) continue;
    const mend = 'keep it on a network of its own: passwords and adverts cross it in the clear';
    findings.push({ what: `gateways.${door}`, state: 'look', found: `open at ${at.host}`, mend });
  }
  return findings;
}

/** How well zones are told apart, where somebody has walked. */
async function zones({ floor }: Configuration, data: string): Promise<readonly Finding[]> {
  if (floor === undefined) return [];
  const what = 'zones';
  const report = await readAccuracyReport(data);
  if (report === undefined) {
    const mend = 'walk once through the shop: soglia walk --help';
    return [{ what, state: 'look', found: 'nobody has measured them yet', mend }];
  }
  const { accuracy, measuredAt, silent } = report;
  const day = new Date(measuredAt).toISOString().slice(0, 10);
  const found = `right in ${accuracy.toFixed(2)} of the instants, walked ${day}`;
  if (silent.length > 0) {
    const mend = `see to what did not hear: ${silent.join(', ')}; then soglia walk again`;
    return [{ what, state: 'look', found, mend }];
  }
  if (accuracy >= GOOD_ACCURACY) return [{ what, state: 'good', found }];
  const mend = 'see that each receiver hangs where the floor plan says, and walk again';
  return [{ what, state: 'look', found, mend }];
}

function scanners({ scanners: wanted }: Configuration): readonly Finding[] {
  const there = existsSync(SERIAL_BY_ID) ? readdirSync(SERIAL_BY_ID) : [];
  const serial = wanted.filter(({ kind }) => kind === 'serial');
  return serial.map(({ id, device }): Finding => {
    const what = `scanner ${id}`;
    if (device !== undefined && existsSync(device)) return { what, state: 'good', found: device };
    const known = there.join(', ') || 'none';
    const mend = `plug it in, or name one of ${SERIAL_BY_ID} (${known})`;
    return { what, state: 'look', found: `${device ?? 'no device named'}: not there`, mend };
  });
}

async function headOffice(url: string): Promise<Finding> {
  const what = 'head office';
  try {
    const { status } = await fetch(new URL('/healthz', url), {
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return { what, state: 'good', found: `${url} answers (${String(status)})` };
  } catch {
    const mend = 'the store works without it; look at hq.url and at the line';
    return { what, state: 'look', found: `${url} does not answer`, mend };
  }
}
