import type { Request } from 'express';
import type { ReceiverId } from '../../kernel/domain/ids.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { createHttpServer, type Caller } from '../../node/http-server.ts';
import { listen, type Listening } from '../../node/listening.ts';
import type { GatewayKeys } from './gateway-keys.ts';
import type { Intake } from './intake.ts';
import type { Speaker } from './known-gateways.ts';

export interface HttpIntakeOptions {
  readonly host: string;
  readonly port: number;
  readonly speakers: readonly Speaker[];
  readonly keys: GatewayKeys;
  readonly intake: Intake;
  readonly report: (error: unknown) => void;
}

interface GatewayCaller extends Caller {
  readonly kind: 'gateway';
  readonly speaker: Speaker;
}

const BODY_LIMIT_BYTES = 256 * 1024;
const MOST_CONNECTIONS = 128;
const PATH = /^\/v1\/gateways\/([^/?]+)$/;

/**
 * `POST /v1/gateways/ID` with the gateway's password, as a bearer token or as HTTP Basic with ID as its user. 204 for
 * what was taken, 400 with reason and position for what was not.
 * @throws {SogliaError} 'config/invalid' where it cannot listen
 */
export async function openHttpIntake(options: HttpIntakeOptions): Promise<Listening> {
  const { intake } = options;
  const server = createHttpServer<GatewayCaller>({
    routes: [
      {
        method: 'POST',
        path: '/v1/gateways/:gateway',
        who: ['gateway'],
        body: 'bytes',
        bodyLimitBytes: BODY_LIMIT_BYTES,
        handle: (request, response, { speaker }) => {
          const body: unknown = request.body;
          const refused = intake.take(speaker, body instanceof Uint8Array ? body : NOTHING);
          if (refused === undefined) {
            response.status(204).end();
            return;
          }
          const { reason, at } = refused;
          const code = reason === 'too-fast' ? 'request/too-many' : 'request/invalid';
          throw new SogliaError(code, `body: ${reason}, at ${String(at)}`);
        },
      },
    ],
    authenticate: (request) => callerOf(request, options),
    report: options.report,
  });
  server.maxConnections = MOST_CONNECTIONS;
  return listen(server, options);
}

const NOTHING = new Uint8Array();

async function callerOf(
  request: Request,
  { speakers, keys, intake }: HttpIntakeOptions,
): Promise<GatewayCaller | undefined> {
  const speaker = speakerOf(request, speakers);
  const password = passwordOf(request.headers.authorization, speaker?.id);
  if (speaker !== undefined && password !== undefined) {
    if (await keys.isPassword(speaker.id, password)) {
      request.res?.once('finish', () => {
        if (request.res?.statusCode === 413) intake.refuse('too-large', speaker);
      });
      return { kind: 'gateway', speaker };
    }
  }
  intake.refuse(speaker === undefined ? 'unknown-gateway' : 'wrong-password', speaker);
  return undefined;
}

function speakerOf({ path }: Request, speakers: readonly Speaker[]): Speaker | undefined {
  const name = PATH.exec(path)?.[1];
  return speakers.find(({ id }) => id === name);
}

function passwordOf(authorization = '', id: ReceiverId | undefined): string | undefined {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (/^bearer$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.startsWith(`${id ?? ''}:`) ? pair.slice(pair.indexOf(':') + 1) : undefined;
}
