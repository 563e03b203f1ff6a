import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { bluezVmFolder, prepareParts } from '../../scripts/parts.ts';
import { endLater } from './endings.ts';
import { freePort } from './ports.ts';
import { tempDir } from './temp-dir.ts';
import { Hopeless, until, within } from './until.ts';

/**
 * A virtual machine with a real BlueZ and emulated LE radios: hci0 hears, hci1 and up advertise.
 * Limits of the emulation: one report per change of an advert's data, and RSSI 127, "unknown", always.
 */
export interface BluezVm {
  /** The guest's system bus, for DBUS_SYSTEM_BUS_ADDRESS. */
  readonly busAddress: string;
  /** Runs a command as the guest's root. */
  shell(command: string, deadlineMs?: number): Promise<{ code: number; output: string }>;
  /** Sends the AD structures (hex, 31 bytes at most) from hci`radio` until the next call; heard again even if the same. */
  advertise(adHex: string, radio?: number): Promise<void>;
  /** Radio `radio` falls silent. */
  silence(radio?: number): Promise<void>;
  /** bluetoothd dies as by a crash. */
  killBluetoothd(): Promise<void>;
  /**
   * bluetoothd again, answering on the bus, its adapters powered. As on real hardware, the kernel may go on searching
   * for the one that was killed, and refuse discovery ("Operation already in progress") for up to 10 s;
   * switching the adapter off and on (`Powered`) ends that at once.
   */
  startBluetoothd(): Promise<void>;
  stop(): Promise<void>;
}

const guestScript = new URL('../../scripts/bluez-vm/guest', import.meta.url).pathname;

/**
 * Boots the machine (about 10 s under software emulation), building it first where that was not done.
 * A radio that gets lost while it starts is made anew inside (`guest`); where that does not help, another machine is booted.
 */
export async function startBluezVm({ radios = 2 } = {}): Promise<BluezVm> {
  await prepareParts(['bluez-vm']);
  for (let tries = 1; ; tries += 1) {
    try {
      return await bootBluezVm(radios);
    } catch (error) {
      if (tries === MACHINES || error instanceof Hopeless) throw error;
    }
  }
}

const MACHINES = 3;

async function bootBluezVm(radios: number): Promise<BluezVm> {
  const { qemu, busPort, shellPort } = await boot(radios);
  const bus = await door(`${tempDir()}/bus`, busPort);

  const shell = (command: string, deadlineMs = 20_000) => ask(shellPort, command, deadlineMs);
  const inGuest = async (command: string, deadlineMs?: number) => {
    const { code, output } = await shell(command, deadlineMs);
    if (code !== 0) throw new Error(`in the guest, ${command}: code ${String(code)}\n${output}`);
  };
  const bluezAnswers = async () => (await shell(hasBluez)).code === 0;
  const bluezKnowsRadios = async () => {
    const { output } = await shell(introspectBluez);
    return Array.from({ length: radios }, (_, i) => `"hci${String(i)}"`).every((radio) =>
      output.includes(radio),
    );
  };
  const powerOn = async () => {
    for (let radio = 0; radio < radios; radio += 1) {
      await inGuest(`timeout 10 btmgmt -i hci${String(radio)} power on`);
    }
  };
  const silence = async (radio = 1) => {
    await shell(`timeout 10 btmgmt -i hci${String(radio)} rm-adv 1`); // refused where there is none
  };
  const vm: BluezVm = {
    busAddress: `unix:path=${bus.path}`,
    shell,
    silence,
    async advertise(adHex, radio = 1) {
      if (!/^([0-9a-f]{2}){1,31}$/i.test(adHex)) throw new RangeError(`not an advert: ${adHex}`);
      await silence(radio);
      await inGuest(`timeout 10 btmgmt -i hci${String(radio)} add-adv -d ${adHex} 1`);
    },
    async killBluetoothd() {
      await inGuest('pkill -KILL -x bluetoothd');
    },
    async startBluetoothd() {
      const daemon = '/usr/libexec/bluetooth/bluetoothd -n -E';
      await inGuest(`setsid ${daemon} >>/tmp/bluetoothd.log 2>&1 &`);
      await until('bluetoothd on the bus', 20_000, bluezAnswers);
      await powerOn();
      await until('BlueZ to know its radios', 20_000, bluezKnowsRadios);
    },
    async stop() {
      bus.close();
      if (qemu.exitCode !== null || qemu.signalCode !== null) return;
      const ended = once(qemu, 'close');
      qemu.kill('SIGKILL');
      await within('the end of QEMU', 10_000, ended);
    },
  };
  endLater(() => vm.stop());
  try {
    await until('the guest shell', 30_000, async () => (await shell('true', 2_000)).code === 0);
    await until('BlueZ on the guest bus', 30_000, bluezAnswers);
    await powerOn();
    // A bluetoothd that was starved while it started may have missed a radio; another one finds it.
    const known = until('BlueZ to know its radios', 5_000, bluezKnowsRadios);
    await known.catch(async () => {
      await vm.killBluetoothd();
      await vm.startBluetoothd();
    });
    return vm;
  } catch (error) {
    await vm.stop();
    throw error;
  }
}

const hasBluez =
  'dbus-send --system --print-reply --dest=org.freedesktop.DBus / ' +
  'org.freedesktop.DBus.NameHasOwner string:org.bluez | grep -q true';

const introspectBluez =
  'dbus-send --system --print-reply --dest=org.bluez /org/bluez ' +
  'org.freedesktop.DBus.Introspectable.Introspect';

async function boot(
  radios: number,
): Promise<{ qemu: ChildProcess; busPort: number; shellPort: number }> {
  const [busPort, shellPort] = [await freePort(), await freePort()];
  const forward = (port: number, guestPort: number) =>
    `hostfwd=tcp:127.0.0.1:${String(port)}-:${String(guestPort)}`;
  const words = `guest=${guestScript} dir=${bluezVmFolder} radios=${String(radios)}`;
  // prettier-ignore
  const machine = [
    '-accel', 'tcg,thread=multi', '-cpu', 'Nehalem', '-m', '512', '-smp', '1',
    '-display', 'none', '-no-reboot', '-serial', 'stdio', '-monitor', 'none',
    '-kernel', `${bluezVmFolder}/vmlinuz`, '-initrd', `${bluezVmFolder}/initrd.gz`,
    '-append', `console=ttyS0 quiet panic=-1 cryptomgr.notests net.ifnames=0 ${words}`,
    '-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap',
    '-netdev', `user,id=n,restrict=on,${forward(busPort, 5555)},${forward(shellPort, 5556)}`,
    '-device', 'virtio-net-pci,netdev=n,romfile=',
  ];
  // setpriv: the machine ends with the test's process even when that is killed.
  const qemu = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...machine], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let console = '';
  qemu.stdout.on('data', (chunk: Buffer) => (console += chunk.toString('latin1')));
  qemu.stderr.on('data', (chunk: Buffer) => (console += chunk.toString('latin1')));
  try {
    await until('the guest to boot', 90_000, () => {
      if (qemu.exitCode !== null) throw new Hopeless(`QEMU ended: ${String(qemu.exitCode)}`);
      return console.includes('BLUEZ-VM-READY');
    });
  } catch (error) {
    qemu.kill('SIGKILL');
    throw new Error(`the Bluetooth machine did not boot; its console:\n${console}`, {
      cause: error,
    });
  }
  return { qemu, busPort, shellPort };
}

/** A Unix socket in front of one of the guest's ports: D-Bus clients expect one. */
async function door(path: string, port: number): Promise<{ path: string; close(): void }> {
  const open = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [[near, far] as const, [far, near] as const]) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  }).listen(path);
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { path, close };
}

/** Sends one command to the guest's shell door and reads until its code. */
async function ask(
  port: number,
  command: string,
  deadlineMs: number,
): Promise<{ code: number; output: string }> {
  const socket = connect(port, '127.0.0.1');
  let output = '';
  const answered = new Promise<{ code: number; output: string }>((resolve, reject) => {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      const end = /\n?-- ended with (\d+)\n/.exec(output);
      if (end) resolve({ code: Number(end[1]), output: output.slice(0, end.index) });
    });
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error(`the guest's shell closed; it said: ${output}`));
    });
  });
  socket.write(`{ ${command}\n} </dev/null 2>&1; printf '\\n-- ended with %s\\n' $?\n`);
  try {
    return await within(`in the guest, ${command}`, deadlineMs, answered);
  } finally {
    socket.destroy();
  }
}
