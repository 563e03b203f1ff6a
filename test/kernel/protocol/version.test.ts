import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { canonicalJson, type JsonValue } from '../../../kernel/domain/canonical-json.ts';
import * as bridge from '../../../kernel/protocol/bridge-events.ts';
import * as consoleApi from '../../../kernel/protocol/console-api.ts';
import * as enrolment from '../../../kernel/protocol/enrolment.ts';
import * as handheld from '../../../kernel/protocol/handheld-events.ts';
import * as sync from '../../../kernel/protocol/hq-sync.ts';
import * as journal from '../../../kernel/protocol/journal-events.ts';
import * as kiosk from '../../../kernel/protocol/kiosk-events.ts';
import * as phone from '../../../kernel/protocol/phone-api.ts';
import * as relay from '../../../kernel/protocol/relay.ts';
import * as simulated from '../../../kernel/protocol/simulated-lines.ts';
import { PROTOCOL_VERSION } from '../../../kernel/protocol/version.ts';

const wires = {
  ...{ bridge, consoleApi, enrolment, handheld, sync },
  ...{ journal, kiosk, phone, relay, simulated },
};

/** Every schema of every wire as JSON Schema, keys in order. */
function shapeOfWires(): string {
  const shapes = Object.entries(wires).flatMap(([wire, module]) =>
    Object.entries(module).flatMap(([name, schema]) =>
      schema instanceof z.ZodType
        ? [[`${wire}.${name}`, z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' })]]
        : [],
    ),
  );
  return canonicalJson(JSON.parse(JSON.stringify(Object.fromEntries(shapes))) as JsonValue);
}

/*
 * A change of a wire shows here first. An addition that older peers can ignore: pin the new hash. Anything else: raise
 * PROTOCOL_VERSION with it.
 */
test('the wires are those of the protocol version that is written down', () => {
  const hash = createHash('sha256').update(shapeOfWires()).digest('hex').slice(0, 16);
  expect({ version: PROTOCOL_VERSION, hash }).toEqual({ version: 1, hash: 'b5e78347bb47fa34' });
});
