import { z } from 'zod';
import { ReceiverIdSchema, ZoneIdSchema } from '../kernel/domain/ids.ts';
import { GATEWAY_FORMATS } from '../kernel/gateways/gateway-message.ts';

/** A radio and the zone it stands in. */
export const ReceiverSchema = z
  .object({
    id: ReceiverIdSchema,
    zone: ZoneIdSchema,
    kind: z
      .enum(['bluez', 'simulated', 'gateway'])
      .describe('an adapter of this machine; fed by the simulator; a box of another make'),
    adapter: z
      .string()
      .regex(/^hci\d+$/, 'not an adapter name such as hci0')
      .optional()
      .describe('its name as BlueZ has it: hci0'),
    format: z.enum(GATEWAY_FORMATS).optional().describe('what the gateway speaks'),
    address: z
      .string()
      .regex(/^[0-9a-z_:-]{2,64}$/i, 'not an address or name of a gateway')
      .optional()
      .describe('what the gateway calls itself: its MAC, or its name in the topic'),
    topic: z
      .string()
      .regex(/^[^#+\0]{1,128}$/, 'not a topic without wildcards')
      .optional()
      .describe('MQTT topic under which this gateway alone publishes; by default its maker’s'),
    via: ReceiverIdSchema.optional().describe(
      'the gateway with whose password its messages come, where one speaks for several',
    ),
  })
  .superRefine((receiver, context) => {
    const complain = (path: string, message: string) => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    for (const field of ['format', 'address', 'topic', 'via'] as const) {
      const isNamed = receiver[field] !== undefined;
      if (receiver.kind !== 'gateway' && isNamed) complain(field, 'is only for kind: gateway');
    }
    if (receiver.kind !== 'gateway') return;
    if (receiver.format === undefined) complain('format', 'a gateway needs one');
    if (receiver.address === undefined) complain('address', 'a gateway needs one');
    if (receiver.adapter !== undefined) complain('adapter', 'is only for kind: bluez');
  });

const portOf = (usual: number) =>
  z.int().min(0).max(65_535).default(usual).describe('TCP port; 0 is any free one');
const host = z
  .string()
  .min(1)
  .max(255)
  .default('127.0.0.1')
  .describe('address to listen at; another than loopback lets the network in');

/** Ways in for gateways: each is closed unless named. */
export const GatewayDoorsSchema = z.strictObject({
  mqtt: z
    .strictObject({ host, port: portOf(1883) })
    .optional()
    .describe('a broker of our own'),
  broker: z
    .strictObject({
      url: z
        .url({ protocol: /^mqtts?$/ })
        .refine((url) => !url.includes('@'), 'credentials belong in username and passwordFile')
        .describe('mqtt://broker.shop:1883 or mqtts://…'),
      username: z.string().min(1).max(128).optional(),
      passwordFile: z
        .string()
        .min(1)
        .max(4_096)
        .optional()
        .describe('a file of mode 0600 with the password in it'),
    })
    .optional()
    .describe('the shop’s own broker, where it has one'),
  http: z
    .strictObject({ host, port: portOf(4220) })
    .optional()
    .describe('POST /v1/gateways/ID'),
  silentAfterMs: z
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(60_000)
    .describe('silence after which a gateway is held to be missing, ms'),
});
export type GatewayDoors = z.infer<typeof GatewayDoorsSchema>;

/** What is wrong with gateways beyond each receiver by itself. */
export function gatewayComplaints(
  receivers: readonly z.infer<typeof ReceiverSchema>[],
  doors: GatewayDoors | undefined,
): readonly { readonly path: (string | number)[]; readonly message: string }[] {
  const isOpen = doors?.mqtt ?? doors?.broker ?? doors?.http;
  return receivers.flatMap(({ id, kind, via, format }, i) => {
    if (kind !== 'gateway') return [];
    const path = ['receivers', i];
    const other = receivers.find((receiver) => receiver.id === via);
    return [
      ...(isOpen === undefined
        ? [{ path, message: 'no way in for gateways: name gateways.mqtt, .broker or .http' }]
        : []),
      ...(via !== undefined && (via === id || other?.kind !== 'gateway' || other.via !== undefined)
        ? [{ path: [...path, 'via'], message: `'${via}' is no other gateway with a password` }]
        : []),
      ...(other !== undefined && other.format !== format
        ? [{ path: [...path, 'format'], message: `is another than that of '${other.id}'` }]
        : []),
    ];
  });
}
