import type { ReceiverId } from '../../kernel/domain/ids.ts';
import { type GatewayFormat, plainAddress } from '../../kernel/gateways/gateway-message.ts';
import type { Configuration } from '../../node/configuration.ts';

/** A receiver of another make, as `soglia.yaml` names it. */
export interface Gateway {
  readonly receiverId: ReceiverId;
  readonly format: GatewayFormat;
  /** What it calls itself, as `plainAddress`. */
  readonly address: string;
  /** The topic under which it alone publishes; without wildcards. */
  readonly topic: string;
}

/** Who sends messages, with one password or under one topic: a gateway, or a program between us and several. */
export interface Speaker {
  readonly id: ReceiverId;
  readonly format: GatewayFormat;
  readonly topic: string;
  /** Those it may speak of, itself first. */
  readonly gateways: readonly Gateway[];
}

export function speakersOf({ receivers }: Configuration): readonly Speaker[] {
  const gateways = receivers.flatMap(({ id, kind, format, address, topic, via }) => {
    if (kind !== 'gateway' || format === undefined || address === undefined) return [];
    const own = topic ?? usualTopic(format, address);
    return [{ receiverId: id, format, address: plainAddress(address), topic: own, via }];
  });
  return gateways
    .filter(({ via }) => via === undefined)
    .map((gateway) => ({
      id: gateway.receiverId,
      format: gateway.format,
      topic: gateway.topic,
      gateways: [gateway, ...gateways.filter(({ via }) => via === gateway.receiverId)],
    }));
}

/** Whether a topic, or a filter of topics, lies under a speaker's own. */
export function isUnder(topic: string, own: string): boolean {
  return topic === own || topic.startsWith(own.endsWith('/') ? own : `${own}/`);
}

/** Whether adverts are sent there: beside them OpenMQTTGateway tells of itself. */
export function carriesAdverts(topic: string, { format, topic: own }: Speaker): boolean {
  return format !== 'openmqttgateway' || topic.slice(own.length).startsWith('/BTtoMQTT');
}

function usualTopic(format: GatewayFormat, address: string): string {
  switch (format) {
    case 'openmqttgateway':
      return `home/${address}`;
    case 'minew':
      return `/gw/${plainAddress(address)}`;
    case 'raddec':
      return 'paretoanywhere/devices';
  }
}
