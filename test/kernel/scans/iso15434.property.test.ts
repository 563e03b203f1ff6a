import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { type EnvelopeFormat, decodeEnvelope } from '../../../kernel/scans/iso15434.ts';
import { utf8 } from '../../support/bytes.ts';
import { runs } from '../../support/runs.ts';

const fieldText = fc.stringMatching(/^[ -Zabc\u00e8]{0,12}$/);
const datum = fc.record({ di: fc.stringMatching(/^\d{0,3}[A-Z]$/), value: fieldText });
const withoutEnds = fc
  .uint8Array({ maxLength: 30 })
  .map((bytes) => bytes.filter((byte) => byte !== 0x1e && byte !== 0x04));
const value = fc.stringMatching(/^[!%-?A-Z_a-z]{1,30}$/);
const gs1Elements = fc
  .uniqueArray(fc.integer({ min: 90, max: 99 }).map(String), { minLength: 1, maxLength: 3 })
  .chain((ais) => fc.tuple(...ais.map((ai) => fc.record({ ai: fc.constant(ai), value }))));
const format: fc.Arbitrary<EnvelopeFormat> = fc.oneof(
  fc.record({ format: fc.constant('05' as const), elements: gs1Elements }),
  fc.record({ format: fc.constant('06' as const), data: fc.array(datum, { maxLength: 5 }) }),
  fc.record({
    format: fc.constant('09' as const),
    fileType: fieldText,
    compression: fieldText,
    bytes: fc.uint8Array({ maxLength: 30 }),
  }),
  fc.record({
    format: fc.constantFrom('01' as const, '02', '03', '04', '07', '08'),
    bytes: withoutEnds,
  }),
  fc.record({
    format: fc.constant('12' as const),
    bytes: withoutEnds.map((bytes) => Uint8Array.of(0x1d, ...bytes)),
  }),
);
const formats = fc.array(format, { minLength: 1, maxLength: 4 });

test.prop([formats, fc.constantFrom('\x1e\x04', '\x1e', '\x04')], { numRuns: runs(2000) })(
  'an envelope is read as it was written',
  (written, ending) => {
    const parts = written.flatMap((part, i) => [...(i === 0 ? [] : [0x1e]), ...bytesOf(part)]);
    const message = Uint8Array.of(...utf8('[)>\x1e'), ...parts, ...utf8(ending));
    expect(decodeEnvelope(message)).toEqual({ kind: 'iso15434', formats: written });
  },
);

const anyMessage = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc
    .tuple(
      fc.constantFrom('[)>\x1e', '[)>^^', '[)><RS>', '[)>{RS}', '[)>␞', '[)>'),
      fc.array(
        fc.oneof(
          fc.constantFrom('05', '06', '09', '12', '\x1d', '\x1e', '\x04', '^]', '^^', '<GS>', '{'),
          fc.string({ maxLength: 4 }),
        ),
        { maxLength: 12 },
      ),
    )
    .map(([start, rest]) => utf8(start + rest.join(''))),
);

test.prop([anyMessage], { numRuns: runs(5000) })(
  'any bytes are an envelope, or say where they are none',
  (message) => {
    const envelope = decodeEnvelope(message);
    if (envelope.kind !== 'rejected') {
      expect(envelope.formats.length).toBeGreaterThan(0);
      return;
    }
    expect(envelope.at).toBeGreaterThanOrEqual(0);
    expect(envelope.at).toBeLessThanOrEqual(message.length);
  },
);

function bytesOf(part: EnvelopeFormat): number[] {
  switch (part.format) {
    case '05':
      return [...utf8(`05\x1d${part.elements.map(({ ai, value }) => ai + value).join('\x1d')}`)];
    case '06':
      return [...utf8(`06\x1d${part.data.map(({ di, value }) => di + value).join('\x1d')}`)];
    case '09': {
      const { fileType, compression, bytes } = part;
      const header = `09\x1d${fileType}\x1d${compression}\x1d${String(bytes.length)}\x1d`;
      return [...utf8(header), ...bytes];
    }
    default:
      return [...utf8(part.format), ...part.bytes];
  }
}
