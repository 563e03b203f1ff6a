import { SogliaError } from '../../kernel/errors.ts';

/** One receiver's hearing of one beacon, and where the beacon truly was. */
export interface TrackRow {
  /** Unix time, ms. */
  readonly atMs: number;
  readonly receiverId: string;
  readonly beaconId: string;
  readonly rssiDbm: number;
  /** Metres. */
  readonly x: number;
  readonly y: number;
}

/**
 * A recorded walk: lines of `unix seconds, receiver, beacon, RSSI dBm, x m, y m, …`; what follows is ignored, lines that
 * are blank or begin with # too. In the order of time, whatever the file's.
 * @throws {SogliaError} 'request/invalid', naming the line and the field
 */
export function parseTrack(text: string, source: string): readonly TrackRow[] {
  const rows = text.split(/\r?\n/).flatMap((line, i) => {
    if (/^\s*(?:#|$)/.test(line)) return [];
    const [seconds, receiverId = '', beaconId = '', rssi, x, y] = line.split(',');
    const number = (field: string, value: string | undefined) => {
      const parsed = value === undefined || value.trim() === '' ? NaN : Number(value);
      if (Number.isFinite(parsed)) return parsed;
      const found = value === undefined ? 'missing' : `'${value.trim().slice(0, 40)}' is no number`;
      throw new SogliaError('request/invalid', `${source}:${String(i + 1)}: ${field}: ${found}`);
    };
    return [
      {
        atMs: number('unix seconds', seconds) * 1_000,
        receiverId: receiverId.trim(),
        beaconId: beaconId.trim(),
        rssiDbm: number('RSSI', rssi),
        x: number('x', x),
        y: number('y', y),
      },
    ];
  });
  if (rows.length === 0) throw new SogliaError('request/invalid', `${source}: no lines`);
  return rows.sort((a, b) => a.atMs - b.atMs);
}
