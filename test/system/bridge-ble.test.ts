import { beforeAll, describe, expect, test } from 'vitest';
import { BlueZSource } from '../../firmware-bridge/ble/bluez-source.ts';
import { connectBlueZ } from '../../firmware-bridge/ble/system-bus.ts';
import { encodeCarrier } from '../../kernel/adverts/carrier.ts';
import { encodeEddystoneEid } from '../../kernel/adverts/eddystone-eid.ts';
import { ReceiverIdSchema } from '../../kernel/domain/ids.ts';
import { fromHex, toHex } from '../../kernel/hex.ts';
import { ListeningSink } from '../doubles/source-sink.ts';
import { type BluezVm, startBluezVm } from '../support/bluez-vm.ts';
import { endLater } from '../support/endings.ts';
import { lacking } from '../support/parts.ts';
import { runs } from '../support/runs.ts';
import { until } from '../support/until.ts';

const receiverId = ReceiverIdSchema.parse('door');
const restarts = runs(2);
let tokens = 0;
/** A token that no other advert of this file carries. */
const newToken = () => (0x50_0000_0000 + (tokens += 1)).toString(16).padStart(16, '0');
const bytes = (token: string) => fromHex(token) ?? new Uint8Array();
const eid = (token: string) => toHex(encodeEddystoneEid({ txPowerDbm: -10, eid: bytes(token) }));

describe.skipIf(lacking('bluez-vm'))('the bridge on a real BlueZ', () => {
  let vm: BluezVm;
  beforeAll(async () => {
    vm = await startBluezVm();
  });

  async function listening() {
    const sink = new ListeningSink();
    const source = new BlueZSource({
      receivers: [{ receiverId, adapter: 'hci0' }],
      connect: (listener) => connectBlueZ(vm.busAddress, listener),
      clock: () => performance.now(),
    });
    await source.start(sink);
    endLater(() => source.stop());
    await works(sink);
    return sink;
  }
  const works = async (sink: ListeningSink, deadlineMs = 20_000) => {
    const isWorking = () => sink.stateOf('door') === 'working';
    await until('the receiver to work', deadlineMs, isWorking).catch((cause: unknown) => {
      throw new Error(`the receiver said: ${sink.reasons.join(' | ')}`, { cause });
    });
  };
  const hears = async (sink: ListeningSink, token: string) => {
    await vm.advertise(eid(token));
    await until('the advert', 15_000, () => sink.tokens.includes(token));
  };
  /** Rules and connections of everybody on the guest's bus, the door's own included. */
  const busFigures = async () => {
    const { output } = await vm.shell(
      'dbus-send --system --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus ' +
        'org.freedesktop.DBus.Debug.Stats.GetStats',
    );
    const of = (name: string) =>
      Number(new RegExp(`"${name}"\\s+variant\\s+uint32 (\\d+)`).exec(output)?.[1]);
    return { rules: of('MatchRules'), connections: of('ActiveConnections') };
  };

  test('the token of an Android phone becomes a sighting, of unknown strength here', async () => {
    const sink = await listening();
    const token = newToken();
    await hears(sink, token);
    const sighting = sink.sightings.find((heard) => toHex(heard.token) === token);
    expect(sighting).toMatchObject({ receiverId: 'door', carrier: 'eid', rssiDbm: undefined });
  });

  test('the token of an iPhone does too', async () => {
    const sink = await listening();
    const token = newToken();
    await vm.advertise(toHex(encodeCarrier({ token: bytes(token), flags: new Uint8Array(4) })));
    await until('the advert', 15_000, () => sink.tokens.includes(token));
    expect(sink.sightings.at(-1)).toMatchObject({ carrier: 'uuid128' });
  });

  test('[threat-26] a stranger is a number', async () => {
    await vm.silence();
    const sink = await listening();
    const before = sink.sightings.length;
    await vm.advertise('0201061aff4c000215e2c56db5dffb48d2b060d0f5a71096e000010002c5');
    await until('the drop', 15_000, () => sink.droppedOf.advert > 0);
    expect(sink.sightings.length).toBe(before);
  });

  test(
    '[fault-19] bluetoothd dies and comes back, and the bridge hears again within 5 s, each time anew',
    async () => {
      const sink = await listening();
      let figures: Awaited<ReturnType<typeof busFigures>> | undefined;
      const backMs: number[] = [];
      for (let i = 0; i < restarts; i += 1) {
        await vm.killBluetoothd();
        await until('BlueZ to be missed', 5_000, () => sink.stateOf('door') === 'missing');
        expect(sink.reasons.at(-1)).toMatch(/apt-get install bluez/);
        await vm.startBluetoothd();
        const backAt = performance.now();
        await works(sink, 5_000);
        backMs.push(performance.now() - backAt);
        await hears(sink, newToken());
        figures ??= await busFigures();
        expect(figures.rules).toBeGreaterThan(0);
        expect(await busFigures()).toEqual(figures);
      }
      const worst = Math.round(Math.max(...backMs));
      console.log(
        `bluetoothd: ${String(backMs.length)} restarts, back after ${String(worst)} ms at most`,
      );
    },
    restarts * 30_000,
  );

  test('[fault-19] the bus itself dies and comes back, and the bridge with it', async () => {
    const sink = await listening();
    await vm.shell('pkill -KILL -x bluetoothd; pkill -KILL -x dbus-daemon; rm -f /run/dbus/pid');
    await until('the bus to be missed', 5_000, () => sink.stateOf('door') !== 'working');
    await vm.shell('dbus-daemon --system --fork');
    await vm.startBluetoothd();
    await works(sink, 5_000);
    await hears(sink, newToken());
  });

  test('[fault-19] an adapter that somebody switches off is switched on again', async () => {
    const sink = await listening();
    await vm.shell('timeout 10 btmgmt -i hci0 power off');
    await hears(sink, newToken());
  });
});
