import { uuidv7 } from 'uuidv7';
import type { RequestId } from '../../kernel/domain/ids.ts';
import { codeOf, SogliaError } from '../../kernel/errors.ts';
import { toHex } from '../../kernel/hex.ts';
import { explainIssues } from '../../kernel/parse.ts';
import {
  type BridgeHealth,
  type BridgeScan,
  type BridgeSettings,
  BridgeSettingsSchema,
  ScanAcknowledgedSchema,
  type Tone,
} from '../../kernel/protocol/bridge-events.ts';
import { answerOf, versioned } from '../../kernel/protocol/reply.ts';
import type { Log } from '../../node/logs.ts';
import type { HeardScan, HeardToken, MonotonicClock } from '../source.ts';
import { Alarm, BackOff } from '../waiting.ts';
import { EdgeConnection } from './edge-connection.ts';
import { SightingQueue } from './sighting-queue.ts';

/** What the edge takes for this bridge's word: renewed by whoever holds its key. */
export interface Credential {
  /** One with a good part of its life left. @throws {SogliaError} where the edge refuses or is away */
  token(): Promise<string>;
  /** The edge did not take it. */
  dropToken(): void;
}

export interface EdgeLinkOptions {
  readonly edgeUrl: string;
  readonly credential: Credential;
  readonly clock: MonotonicClock;
  readonly log: Log;
  readonly health: () => BridgeHealth;
  readonly settings: (settings: BridgeSettings) => void;
  readonly random?: () => number;
}

/** A scan counts for so long after it was framed; then it is the bad tone, for good. */
const SCAN_COUNTS_MS = 2_000;
const BATCH_ANSWERED_MS = 2_000;
const HEALTH_EVERY_MS = 10_000;
const RETRY_FIRST_MS = 250;
const RETRY_LAST_MS = 2_000;
/** How often to ask for the token: a new one is used at once, before the old one ends. */
const TOKEN_EVERY_MS = 30_000;
/** What is still unanswered on a connection that has been replaced gets so long. */
const FAREWELL_MS = 2_500;
/** A connection that fell sooner than this is no success: the next try waits longer. */
const STEADY_AFTER_MS = 2_000;

const SettingsSchema = versioned(BridgeSettingsSchema);
const ScanAnswerSchema = answerOf(ScanAcknowledgedSchema);

/** The way to the edge. Keeps nothing for later: what the edge does not take in time is gone. */
export class EdgeLink {
  readonly #options: EdgeLinkOptions;
  readonly #sightings: SightingQueue;
  readonly #alarm = new Alarm();
  #connection: EdgeConnection | undefined;
  #isStopping = false;
  #running: Promise<void> = Promise.resolve();
  #healthTimer: NodeJS.Timeout | undefined;
  #told = '';
  #token = '';
  #newest: { readonly boot: string; readonly version: number } | undefined;

  constructor(options: EdgeLinkOptions) {
    this.#options = options;
    this.#sightings = new SightingQueue({
      clock: options.clock,
      send: (batch) => this.#connection?.ask('sightings', batch, BATCH_ANSWERED_MS),
    });
  }

  start(): void {
    this.#healthTimer = setInterval(() => {
      this.tellHealth();
    }, HEALTH_EVERY_MS);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#healthTimer);
    this.#sightings.stop();
    this.#alarm.wake();
    await this.#running;
  }

  /** Sightings that could not be sent, since the start. */
  get droppedSightings(): number {
    return this.#sightings.dropped;
  }

  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  heard(sighting: HeardToken): void {
    this.#sightings.add(sighting);
  }

  /** The tone for the hand that holds the scanner, 2 s after the scan was framed at the latest. */
  async scanned(scan: HeardScan): Promise<Tone> {
    const connection = this.#connection;
    const ageMs = Math.max(0, Math.round(this.#options.clock() - scan.framedAtMs));
    if (connection === undefined || ageMs >= SCAN_COUNTS_MS) return 'bad';
    const message: BridgeScan = {
      requestId: uuidv7() as RequestId,
      scannerId: scan.scannerId,
      frame: toHex(scan.frame),
      ageMs,
    };
    try {
      const answer = await connection.ask('scan', message, SCAN_COUNTS_MS - ageMs);
      const { data } = ScanAnswerSchema.safeParse(answer);
      if (data?.ok === true) return data.outcome.tone;
      const reason = data === undefined ? 'not an answer' : data.code;
      this.#options.log.warn('scan refused', { scannerId: scan.scannerId, reason });
      return 'bad';
    } catch {
      // What still lies in our end of the socket must not arrive after its time: hang up.
      if (this.#connection === connection) this.#drop('a scan was not acknowledged');
      connection.close();
      return 'bad';
    }
  }

  /** The newest state, if anybody listens; there will be a newer one. */
  tellHealth(): void {
    this.#connection
      ?.ask('health', this.#options.health(), BATCH_ANSWERED_MS)
      .catch(() => undefined);
  }

  async #run(): Promise<void> {
    const backOff = new BackOff(RETRY_FIRST_MS, RETRY_LAST_MS);
    while (!this.#isStopping) {
      try {
        await this.#serve(backOff);
      } catch (error) {
        this.#say(error);
      }
      if (!this.#mayStop()) {
        const jitter = 0.5 + (this.#options.random ?? Math.random)() / 2;
        await this.#alarm.sleep(backOff.next() * jitter);
      }
    }
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Connects, and stays until the connection is lost. A connection's successor comes before it goes. */
  async #serve(backOff: BackOff): Promise<void> {
    while (!this.#mayStop()) {
      const token = await this.#options.credential.token();
      if (token !== this.#token || this.#connection === undefined) await this.#renew(token);
      const connectedAtMs = this.#options.clock();
      const isLost = await this.#alarm.sleep(TOKEN_EVERY_MS);
      if (this.#options.clock() - connectedAtMs > STEADY_AFTER_MS) backOff.reset();
      if (isLost && this.#connection === undefined) return;
    }
  }

  async #renew(token: string): Promise<void> {
    const { credential, edgeUrl, log } = this.#options;
    const isFirst = this.#connection === undefined;
    let taken = token;
    try {
      await this.#open(taken);
    } catch (error) {
      if (codeOf(error) !== 'device/denied') throw error;
      // An edge that was restarted knows none of the tokens it gave before.
      credential.dropToken();
      taken = await credential.token();
      await this.#open(taken);
    }
    this.#token = taken;
    this.#told = '';
    if (isFirst) log.info('connected to the edge', { url: edgeUrl });
  }

  async #open(token: string): Promise<EdgeConnection> {
    const { edgeUrl } = this.#options;
    const life: { connection?: EdgeConnection; lost?: string } = {};
    const connection = await EdgeConnection.open(edgeUrl, token, {
      settings: (payload) => {
        this.#takeSettings(payload);
      },
      closed: (reason) => {
        life.lost = reason;
        if (life.connection !== undefined && this.#connection === life.connection)
          this.#drop(reason);
      },
    });
    // It may close in the very turn in which it opened, before anybody has it.
    if (life.lost !== undefined)
      throw new SogliaError('time/out', `the edge closed at once: ${life.lost}`);
    life.connection = connection;
    const before = this.#connection;
    this.#connection = connection;
    if (before !== undefined) {
      setTimeout(() => {
        before.close();
      }, FAREWELL_MS).unref();
    }
    this.tellHealth();
    return connection;
  }

  #drop(reason: string): void {
    this.#connection = undefined;
    this.#options.log.warn('the connection to the edge is lost', { reason });
    this.#alarm.wake();
  }

  #mayStop(): boolean {
    return this.#isStopping;
  }

  /** Once per reason: an edge that is away for a night must not fill a log. */
  #say(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.#told) return;
    this.#told = reason;
    this.#options.log.warn('the edge cannot be reached; trying again', { reason });
  }

  #takeSettings(payload: unknown): void {
    const parsed = SettingsSchema.safeParse(payload);
    if (!parsed.success) {
      const reason = explainIssues(parsed.error);
      this.#options.log.warn('bad settings from the edge', { reason });
      return;
    }
    const { boot, version, state } = parsed.data;
    const newest = this.#newest;
    if (newest !== undefined && newest.boot === boot && newest.version >= version) return;
    this.#newest = { boot, version };
    this.#options.settings(state);
  }
}
