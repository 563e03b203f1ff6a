import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SogliaError, codeOf } from '../kernel/errors.ts';
import { EnrolmentCodeMadeSchema } from '../kernel/protocol/console-api.ts';
import type { FeedbackProfile } from '../kernel/scans/feedback.ts';
import type { Configuration, ScannerConfiguration } from '../node/configuration.ts';
import { EnrolmentClient } from '../node/enrolment-client.ts';
import type { Log } from '../node/logs.ts';
import { askOperator } from '../node/operator-client.ts';
import { BlueZSource } from './ble/bluez-source.ts';
import { SYSTEM_BUS } from './ble/bluez.ts';
import { restartBy } from './ble/restart-command.ts';
import { connectBlueZ } from './ble/system-bus.ts';
import { GatewayKeys } from './gateways/gateway-keys.ts';
import { GatewaySource } from './gateways/gateway-source.ts';
import { speakersOf } from './gateways/known-gateways.ts';
import { Hearing } from './hearing.ts';
import { type Credential, EdgeLink } from './link/edge-link.ts';
import { ListedBeacons } from './listed-beacons.ts';
import { RecordedSource } from './recorded/recorded-source.ts';
import { Recorder } from './recorded/recorder.ts';
import { openSerialPort } from './serial/port.ts';
import { SerialSource } from './serial/serial-source.ts';
import { Silence } from './silence.ts';
import { SimulatedSource } from './simulated/simulated-source.ts';
import type { Source } from './source.ts';

export interface BridgeOptions {
  readonly configuration: Configuration;
  /** Holds the device's key and the simulated source's socket. */
  readonly dataDir: string;
  /** http://127.0.0.1:4200 */
  readonly edgeUrl: string;
  readonly log: Log;
  /** A one-time code; without one, and not enrolled yet, the edge's operator socket is asked. */
  readonly enrolmentCode?: string | undefined;
  readonly operatorSocket?: string | undefined;
  /** As in DBUS_SYSTEM_BUS_ADDRESS; the machine's own system bus where undefined. */
  readonly systemBus?: string | undefined;
  /** A file to record into: simulated traffic and test credentials only. */
  readonly record?: string | undefined;
  readonly play?: { readonly path: string; readonly speed: number } | undefined;
  /** More that hears, beside what the configuration names. */
  readonly sources?: readonly Source[] | undefined;
}

export interface RunningBridge {
  /** Where the simulator speaks; undefined where nothing is simulated. */
  readonly simulatedSocket: string | undefined;
  /** Whether the edge has taken us. */
  isConnected(): boolean;
  /** TCP ports where gateways get in; undefined where there are none. */
  gatewayPorts(): { readonly mqtt: number; readonly http: number } | undefined;
  /** Sightings that could not be sent in time, since the start. */
  droppedSightings(): number;
  stop(): Promise<void>;
}

/**
 * The device process: radios and scanners in, bytes with meaning out to the edge. Returns once every source has begun;
 * what is missing, the edge included, is told in logs and health, and waited for.
 * @throws {SogliaError} 'config/invalid' where the data folder or its socket cannot be used
 */
export async function start(options: BridgeOptions): Promise<RunningBridge> {
  const { log } = options;
  const clock = () => performance.now();
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const recorder =
    options.record === undefined ? undefined : new Recorder(options.record, clock, log);
  const link: EdgeLink = new EdgeLink({
    edgeUrl: options.edgeUrl,
    credential: await credentialOf({ ...options, dataDir }),
    clock,
    log,
    health: () => hearing.health(),
    settings: (settings) => recorder?.take(settings),
  });
  const hearing: Hearing = new Hearing({
    onward: {
      heard: (sighting) => {
        link.heard(sighting);
      },
      scanned: (scan) => link.scanned(scan),
      healthChanged: () => {
        link.tellHealth();
      },
    },
    recorder,
    log,
    beacons: new ListedBeacons(options.configuration.beacons, clock),
    silence: new Silence(options.configuration.radio.receiverSilentAfterMs, clock),
    clock,
  });
  const simulatedSocket = join(dataDir, 'simulated.sock');
  const simulated = simulatedSource(options.configuration, simulatedSocket);
  const gateways = gatewaySource({ ...options, dataDir });
  const sources: readonly Source[] = [
    ...hardwareSources(options),
    ...(gateways === undefined ? [] : [gateways]),
    ...(simulated === undefined ? [] : [simulated]),
    ...(options.play === undefined ? [] : [new RecordedSource({ ...options.play, clock, log })]),
    ...(options.sources ?? []),
  ];
  const stopAll = async () => {
    const stopping = [link, ...sources].map((part) => part.stop());
    const failures = (await Promise.allSettled(stopping)).filter(isFailure);
    await recorder?.stop();
    if (failures[0] !== undefined) throw failures[0].reason;
  };
  try {
    for (const source of sources) await source.start(hearing.sinkOf(source));
  } catch (error) {
    await stopAll().catch(() => undefined);
    throw error;
  }
  link.start();
  return {
    simulatedSocket: simulated === undefined ? undefined : simulatedSocket,
    isConnected: () => link.isConnected,
    gatewayPorts: () => gateways?.ports,
    droppedSightings: () => link.droppedSightings,
    stop: stopAll,
  };
}

const isFailure = (settled: PromiseSettledResult<unknown>) => settled.status === 'rejected';

function hardwareSources({ configuration, log, systemBus = SYSTEM_BUS }: BridgeOptions): Source[] {
  const clock = () => performance.now();
  const receivers = configuration.receivers
    .filter(({ kind }) => kind === 'bluez')
    .map(({ id, adapter }) => ({ receiverId: id, adapter }));
  const scanners = configuration.scanners
    .filter(({ kind }) => kind === 'serial')
    .map((scanner) => ({
      ...hearingOf(scanner),
      device: scanner.device,
      baudRate: scanner.baudRate,
      feedback: feedbackOf(scanner),
    }));
  const { restartCommand } = configuration.radio;
  const sources: Source[] = [];
  if (receivers.length > 0) {
    sources.push(
      new BlueZSource({
        receivers,
        clock,
        connect: (listener) => connectBlueZ(systemBus, listener),
        log,
        restartService: restartCommand && restartBy(restartCommand),
      }),
    );
  }
  if (scanners.length > 0) {
    sources.push(
      new SerialSource({
        scanners,
        clock,
        open: openSerialPort,
        untold: (scannerId, reason) => {
          log.warn('a scanner was not told', { scannerId, reason });
        },
      }),
    );
  }
  return sources;
}

function hearingOf({
  id,
  framing,
  codeId,
  unknownCodeId,
  duplicateWindowMs,
}: ScannerConfiguration) {
  return { scannerId: id, dialect: { framing, codeId, unknownCodeId }, duplicateWindowMs };
}

function feedbackOf({ framing, feedback }: ScannerConfiguration): FeedbackProfile {
  return feedback ?? (framing.kind === 'ssi' ? 'ssi' : 'none');
}

function simulatedSource(
  configuration: Configuration,
  socketPath: string,
): SimulatedSource | undefined {
  const receivers = configuration.receivers
    .filter(({ kind }) => kind === 'simulated')
    .map(({ id }) => id);
  const scanners = configuration.scanners.filter(({ kind }) => kind === 'simulated').map(hearingOf);
  if (receivers.length + scanners.length === 0) return undefined;
  return new SimulatedSource({
    socketPath,
    receivers,
    scanners,
    clock: () => performance.now(),
  });
}

function gatewaySource({ configuration, dataDir, log }: BridgeOptions): GatewaySource | undefined {
  const speakers = speakersOf(configuration);
  const doors = configuration.gateways;
  if (speakers.length === 0 || doors === undefined) return undefined;
  const clock = () => performance.now();
  return new GatewaySource({ speakers, doors, keys: new GatewayKeys(dataDir), clock, log });
}

/** A credential that enrols by itself, as soon as there is an edge to enrol at. */
async function credentialOf(options: BridgeOptions): Promise<Credential> {
  const { edgeUrl, dataDir, log, operatorSocket } = options;
  const client = await EnrolmentClient.open({
    url: edgeUrl,
    folder: dataDir,
    kind: 'bridge',
    now: () => Date.now(),
  });
  let givenCode = options.enrolmentCode;
  const code = async () => {
    if (givenCode !== undefined) return givenCode;
    if (operatorSocket === undefined) {
      throw new SogliaError(
        'device/unknown',
        'this bridge is not enrolled: start it once with --enrolment-code CODE, a one-time code of its edge',
      );
    }
    const made = await askOperator(operatorSocket, EnrolmentCodeMadeSchema, {
      method: 'POST',
      path: '/v1/enrolment-codes',
      body: { kind: 'bridge' },
    });
    return made.code;
  };
  return {
    async token() {
      if (client.enrolled === undefined) {
        await client.enrol(await code()).catch((error: unknown) => {
          if (codeOf(error) === 'enrolment/refused') givenCode = undefined; // it never gets better
          throw error;
        });
        log.info('enrolled at the edge', { url: edgeUrl });
      }
      try {
        return await client.token();
      } catch (error) {
        // The edge has lost or removed us: whoever may open its operator socket may enrol again.
        const mayEnrol = operatorSocket !== undefined;
        if (mayEnrol && codeOf(error) === 'device/unknown') await client.forget();
        throw error;
      }
    },
    dropToken: () => {
      client.dropToken();
    },
  };
}
