import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfiguration, type Configuration } from '../../node/configuration.ts';
import { NODE_FLAGS } from '../../node/node-flags.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { Child } from './child.ts';
import { firstConfiguration } from './first-configuration.ts';
import { findHardware } from './hardware.ts';
import { askOperator } from '../../node/operator-client.ts';
import { EnrolmentCodeMadeSchema } from '../../kernel/protocol/console-api.ts';
import { openHeadOffice } from './head-office.ts';

export interface StoreOptions {
  readonly dataDir: string;
  readonly hqPort: number;
  readonly edgePort: number;
  readonly kioskPort: number;
  /** Seed of the simulated shoppers. */
  readonly seed: number;
  readonly tell: (line: string) => void;
  /** Asks for an end before everything is up. */
  readonly ending: AbortSignal;
}

export interface RunningStore {
  readonly addresses: readonly { readonly what: string; readonly url: string }[];
  readonly simulated: readonly string[];
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const isCompiled = import.meta.url.endsWith('.js');
/** Every part is what this process is: compiled, or from the sources. */
const soglia = fileURLToPath(
  new URL(isCompiled ? '../main.js' : '../../bin/soglia.mjs', import.meta.url),
);
const demoOffers = fileURLToPath(
  new URL(`${isCompiled ? '../' : ''}../../deploy/demo/offers.yaml`, import.meta.url),
);

/**
 * A whole shop on this machine: HQ, edge, bridge, kiosk files and, where hardware is missing, the simulator; each its own process.
 * @throws {SogliaError} 'config/invalid' for a bad `soglia.yaml` or a port that somebody else uses
 */
export async function startStore(options: StoreOptions): Promise<RunningStore> {
  const { dataDir, tell } = options;
  const logs = join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const configPath = await configurationPath(options);
  const configuration = readConfiguration(configPath);
  await portsAreFree(options, configuration, configPath);
  const started: Child[] = [];
  const run = (name: string, ...args: string[]): Child => {
    const logFile = join(logs, `${name}.log`);
    const command = [process.execPath, ...NODE_FLAGS, soglia, name, ...args] as const;
    options.ending.throwIfAborted();
    const child = new Child({ name, command, logFile, tell, ending: options.ending }).start();
    started.push(child);
    return child;
  };
  const folder = (name: string) => join(dataDir, name);
  const stop = async (): Promise<void> => {
    // The last started goes first: whoever depends on others stops before them.
    for (const child of started.reverse()) await child.stop();
  };
  try {
    tell('head office …');
    const hq = run('hq', '--data', folder('hq'), '--port', String(options.hqPort));
    const hqUrl = await hq.ready(READY_WITHIN_MS);
    const office = openHeadOffice(join(folder('hq'), 'operator.sock'));
    await office.prepareStore(configuration.store.id, demoOffers, tell);

    tell('store server …');
    const shared = ['--config', configPath] as const;
    const hqOperator = ['--hq-operator-socket', join(folder('hq'), 'operator.sock')] as const;
    const edge = run('edge', '--data', folder('edge'), ...shared, ...hqOperator);
    const edgeUrl = await edge.ready(READY_WITHIN_MS);
    const edgeSocket = join(folder('edge'), 'operator.sock');
    const toEdge = ['--edge', edgeUrl, '--operator-socket', edgeSocket] as const;

    tell('bridge, kiosk and what is simulated …');
    const simulated = simulatedParts(configuration);
    const bridge = run('bridge', '--data', folder('bridge'), ...shared, ...toEdge);
    const kiosks = configuration.stations
      .filter(({ kind }) => kind === 'kiosk')
      .map(({ id }, i) => {
        const port = String(configuration.kiosk.port + i);
        return { id, child: run('kiosk', '--station', id, '--port', port, ...toEdge) };
      });
    await bridge.ready(READY_WITHIN_MS);
    if (simulated.length > 0) {
      const bridgeSocket = ['--bridge-socket', join(folder('bridge'), 'simulated.sock')] as const;
      const seed = ['--seed', String(options.seed)] as const;
      run(
        'simulator',
        '--data',
        folder('simulator'),
        ...shared,
        ...bridgeSocket,
        ...seed,
        ...hqOperator,
      );
    }
    const addresses = [];
    for (const { id, child } of kiosks) {
      addresses.push({ what: `kiosk ${id}`, url: await child.ready(READY_WITHIN_MS) });
    }
    const handheld = configuration.stations.find(({ kind }) => kind === 'handheld');
    if (handheld !== undefined) {
      addresses.push({
        what: 'handheld',
        url: await handheldLink(edgeUrl, edgeSocket, handheld.id),
      });
    }
    addresses.push({ what: 'console', url: await office.consoleLink() });
    addresses.push({ what: 'phone', url: `${hqUrl}/phone/` });
    return { addresses, simulated, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A page that enrols itself with a code of ten minutes. */
export async function handheldLink(
  edgeUrl: string,
  edgeSocket: string,
  station: string,
): Promise<string> {
  const { code } = await askOperator(edgeSocket, EnrolmentCodeMadeSchema, {
    method: 'POST',
    path: '/v1/enrolment-codes',
    body: { kind: 'handheld', name: station },
  });
  return `${edgeUrl}/handheld/#enrol=${code}`;
}
/** `./soglia.yaml` where there is one, else the one of the data folder, made at the first start. */
async function configurationPath(options: StoreOptions): Promise<string> {
  const own = resolve('soglia.yaml');
  if (existsSync(own)) return own;
  const made = join(options.dataDir, 'soglia.yaml');
  if (!existsSync(made)) {
    const hardware = await findHardware(process.env['DBUS_SYSTEM_BUS_ADDRESS']);
    const text = firstConfiguration(hardware, {
      hqUrl: `http://127.0.0.1:${String(options.hqPort)}`,
      edgePort: options.edgePort,
      kioskPort: options.kioskPort,
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    writeFileSync(made, text, { mode: 0o600 });
    options.tell(`configuration written to ${made}`);
  }
  return made;
}

function simulatedParts(configuration: Configuration): string[] {
  const parts = [
    ...configuration.receivers.map(({ id, kind }) => ({ id, kind })),
    ...configuration.scanners.map(({ id, kind }) => ({ id, kind })),
  ];
  return parts.filter(({ kind }) => kind === 'simulated').map(({ id }) => id);
}

/** Said before anything starts, since a process that cannot listen only falls and rises. */
async function portsAreFree(
  options: StoreOptions,
  configuration: Configuration,
  configPath: string,
): Promise<void> {
  const wanted = [
    { what: 'head office', port: options.hqPort, choose: '--hq-port' },
    {
      what: 'the store server',
      port: configuration.edge.port,
      choose: `edge.port in ${configPath}`,
    },
    { what: 'the kiosk', port: configuration.kiosk.port, choose: `kiosk.port in ${configPath}` },
  ];
  for (const { what, port, choose } of wanted) {
    if (port !== 0 && !(await isFree(port))) {
      throw new SogliaError(
        'config/invalid',
        `port ${String(port)} of ${what} is in use on this machine: end what uses it, or choose another by ${choose}`,
      );
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => {
      done(false);
    });
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => {
        done(true);
      });
    });
  });
}
