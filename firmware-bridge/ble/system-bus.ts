import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { Message, MessageType, Variant, sessionBus } from '@jellybrick/dbus-next';
import type { MessageBus } from '@jellybrick/dbus-next';
import type { Adapter } from 'node-ble';
import Bluetooth from 'node-ble/src/Bluetooth.js';
import { within } from '../waiting.ts';
import { dbusErrorOf } from './bluez-words.ts';
import type { BlueZ, BlueZListener, DeviceProperties } from './bluez.ts';

const ANSWER_WITHIN_MS = 5_000;
const DAEMON = 'org.freedesktop.DBus';
const BLUEZ = 'org.bluez';
const SYSTEMD = 'org.freedesktop.systemd1';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
const ADAPTER = 'org.bluez.Adapter1';
const DEVICE = 'org.bluez.Device1';

/**
 * Every rule we ever ask for, once per connection: a connection has 512 at most, and none is ever taken back.
 * What is not ours is turned away by the bus daemon already.
 */
const MATCH_RULES = [
  `type='signal',sender='${DAEMON}',interface='${DAEMON}',member='NameOwnerChanged',arg0='${BLUEZ}'`,
  `type='signal',sender='${BLUEZ}',interface='org.freedesktop.DBus.ObjectManager',path='/'`,
  `type='signal',sender='${BLUEZ}',interface='${PROPERTIES}',member='PropertiesChanged',path_namespace='/org/bluez'`,
];

interface Call {
  readonly destination?: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: unknown[];
}

/**
 * Our own connection to a bus with BlueZ on it, subscribed; node-ble uses it too.
 * @param address - as in DBUS_SYSTEM_BUS_ADDRESS: unix:path=/run/dbus/system_bus_socket
 * @param answerWithinMs - for each answer
 * @throws whatever the socket says, or {SogliaError} 'time/out'
 */
export async function connectBlueZ(
  address: string,
  listener: BlueZListener,
  answerWithinMs = ANSWER_WITHIN_MS,
): Promise<BlueZ> {
  // dbus-next's `systemBus` takes its address from the environment alone; the protocol is the same.
  const bus = sessionBus({ busAddress: address });
  const connection = new SystemBus(bus, listener, answerWithinMs);
  try {
    await connection.subscribe();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

class SystemBus implements BlueZ {
  readonly #bus: MessageBus;
  readonly #listener: BlueZListener;
  readonly #bluetooth: Bluetooth;
  readonly #adapters = new Map<string, Adapter>();
  readonly #failed: Promise<never>;
  readonly #answerWithinMs: number;
  #isOpen = true;
  /** BlueZ's unique name: nobody else's signals are believed. */
  #owner = '';

  constructor(bus: MessageBus, listener: BlueZListener, answerWithinMs: number) {
    this.#answerWithinMs = answerWithinMs;
    this.#bus = bus;
    this.#listener = listener;
    this.#bluetooth = new Bluetooth(bus);
    this.#failed = new Promise((_, reject) => {
      // Stays for the connection's whole life: an error without a listener would end the process.
      (bus as EventEmitter).on('error', (error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
        this.#lost(error instanceof Error ? error.message : 'the bus failed');
      });
    });
    this.#failed.catch(() => undefined);
    internalsOf(bus).on('end', () => {
      this.#lost('the system bus closed the connection');
    });
  }

  async subscribe(): Promise<void> {
    const connected = new Promise<void>((resolve) => this.#bus.once('connect', resolve));
    await within(Promise.race([connected, this.#failed]), this.#answerWithinMs, 'the system bus');
    this.#bus.on('message', (message: Message) => {
      this.#take(message);
    });
    for (const rule of MATCH_RULES) {
      await this.#askDaemon('AddMatch', rule);
    }
    await this.isPresent();
  }

  async isPresent(): Promise<boolean> {
    try {
      // Asking the daemon does not start BlueZ, as a call to BlueZ itself would.
      const [owner] = await this.#askDaemon('GetNameOwner', BLUEZ);
      this.#owner = typeof owner === 'string' ? owner : '';
    } catch (error) {
      if (dbusErrorOf(error) !== 'org.freedesktop.DBus.Error.NameHasNoOwner') throw error;
      this.#owner = '';
    }
    return this.#owner !== '';
  }

  async adapters(): Promise<readonly string[]> {
    const names = await within(
      this.#bluetooth.adapters(),
      this.#answerWithinMs,
      'BlueZ, its adapters',
    );
    return names.filter((name) => name.startsWith('hci')).sort();
  }

  async isPowered(name: string): Promise<boolean> {
    const adapter = await this.#adapter(name);
    return await within(adapter.isPowered(), this.#answerWithinMs, `BlueZ, power of ${name}`);
  }

  async isDiscovering(name: string): Promise<boolean> {
    const adapter = await this.#adapter(name);
    return await within(
      adapter.isDiscovering(),
      this.#answerWithinMs,
      `BlueZ, discovery of ${name}`,
    );
  }

  async setPower(name: string, isOn: boolean): Promise<void> {
    await this.#call({
      path: `/org/bluez/${name}`,
      interface: PROPERTIES,
      member: 'Set',
      signature: 'ssv',
      body: [ADAPTER, 'Powered', new Variant('b', isOn)],
    });
  }

  async startDiscovery(name: string): Promise<void> {
    // Not node-ble's: it leaves DuplicateData out, and BlueZ then tells an advert once.
    const filter = { Transport: new Variant('s', 'le'), DuplicateData: new Variant('b', true) };
    const path = `/org/bluez/${name}`;
    await this.#call({
      path,
      interface: ADAPTER,
      member: 'SetDiscoveryFilter',
      signature: 'a{sv}',
      body: [filter],
    });
    await this.#call({ path, interface: ADAPTER, member: 'StartDiscovery' });
  }

  async stopDiscovery(name: string): Promise<void> {
    await this.#call({ path: `/org/bluez/${name}`, interface: ADAPTER, member: 'StopDiscovery' });
  }

  async restartService(): Promise<void> {
    await this.#call({
      destination: SYSTEMD,
      path: '/org/freedesktop/systemd1',
      interface: `${SYSTEMD}.Manager`,
      member: 'RestartUnit',
      signature: 'ss',
      body: ['bluetooth.service', 'replace'],
    });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#adapters.clear();
    this.#bus.removeAllListeners('message');
    this.#bus.disconnect();
    internalsOf(this.#bus).stream?.destroy();
  }

  #lost(reason: string): void {
    if (!this.#isOpen) return;
    this.close();
    this.#listener.closed(reason);
  }

  async #adapter(name: string): Promise<Adapter> {
    const known = this.#adapters.get(name);
    if (known !== undefined) return known;
    const adapter = await within(
      this.#bluetooth.getAdapter(name),
      this.#answerWithinMs,
      `BlueZ, ${name}`,
    );
    this.#adapters.set(name, adapter);
    return adapter;
  }

  async #askDaemon(member: string, argument: string): Promise<readonly unknown[]> {
    const path = '/org/freedesktop/DBus';
    const call = { destination: DAEMON, path, interface: DAEMON, member };
    return await this.#call({ ...call, signature: 's', body: [argument] });
  }

  async #call(call: Call): Promise<readonly unknown[]> {
    const message = new Message({ destination: BLUEZ, ...call });
    const reply = await within(
      this.#bus.call(message),
      this.#answerWithinMs,
      `BlueZ, ${call.member}`,
    );
    return reply?.body ?? [];
  }

  /** The hot path: some thousand times a second in a busy street. */
  #take({ type, sender, member, path, body }: Message): void {
    if (type !== MessageType.SIGNAL) return;
    if (sender === this.#owner) {
      if (member === 'PropertiesChanged') {
        if (body[0] === DEVICE) this.#listener.advert(path, body[1] as DeviceProperties);
        else if (body[0] === ADAPTER) this.#adapterChanged(body[1] as DeviceProperties);
      } else if (member === 'InterfacesAdded') {
        this.#added(body[0] as string, body[1] as Readonly<Record<string, DeviceProperties>>);
      } else if (member === 'InterfacesRemoved') {
        this.#removed(body[0] as string, body[1] as readonly string[]);
      }
    } else if (sender === DAEMON && member === 'NameOwnerChanged' && body[0] === BLUEZ) {
      this.#owner = body[2] as string;
      this.#adapters.clear();
      this.#listener.restarted();
    }
  }

  #added(path: string, interfaces: Readonly<Record<string, DeviceProperties>>): void {
    const device = interfaces[DEVICE];
    if (device !== undefined) this.#listener.advert(path, device);
    else if (ADAPTER in interfaces) this.#listener.adaptersChanged();
  }

  #removed(path: string, interfaces: readonly string[]): void {
    if (interfaces.includes(DEVICE)) this.#listener.forgotten(path);
    if (!interfaces.includes(ADAPTER)) return;
    this.#adapters.clear();
    this.#listener.adaptersChanged();
  }

  /** Other properties change as a consequence of what we ask, and would wake us in circles. */
  #adapterChanged(changed: DeviceProperties): void {
    if ('Powered' in changed || 'Discovering' in changed) this.#listener.adaptersChanged();
  }
}

/** dbus-next tells nobody that its socket has ended: its own connection, inside, is the only place that knows. */
function internalsOf(bus: MessageBus): EventEmitter & { readonly stream?: Duplex } {
  return (bus as unknown as { _connection: EventEmitter & { readonly stream?: Duplex } })
    ._connection;
}
