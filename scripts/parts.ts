// The real parts that tests drive, whether this machine has them, and how to get what is missing.
import { existsSync } from 'node:fs';
import { aptInstall, isDebianRoot, isOnPath } from './ready.mjs';
import { quietly, root } from './steps.mjs';

export const parts = {
  chromium: {
    what: 'screens in a real Chromium',
    tools: { chromium: 'chromium' },
  },
  'bluez-vm': {
    what: 'a real BlueZ in a virtual machine',
    tools: {
      'qemu-system-x86_64': 'qemu-system-x86',
      btmgmt: 'bluez',
      'dbus-daemon': 'dbus',
      socat: 'socat',
      cpio: 'cpio',
      depmod: 'kmod',
      ip: 'iproute2',
      setpriv: 'util-linux',
    },
  },
  'pseudo-terminal': {
    what: 'serial scanners on pseudo-terminals',
    tools: { socat: 'socat' },
  },
  'power-cut': {
    what: 'a disk whose power can be cut',
    tools: { 'mkfs.ext4': 'e2fsprogs', losetup: 'mount', python3: 'python3' },
  },
  electron: {
    what: 'the Electron shell from end to end',
    tools: {},
  },
} satisfies Record<string, { readonly what: string; readonly tools: Record<string, string> }>;

export type Part = keyof typeof parts;

/** Where Debian's kernel, an initial file system and the emulated radios lie once `bluez-vm/build` has run. */
export const bluezVmFolder = `${root}/.cache/bluez-vm`;

const chromiumPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser that tests drive: SOGLIA_CHROMIUM, or the first one installed. */
export function chromiumPath(): string | undefined {
  const named = process.env['SOGLIA_CHROMIUM'];
  const paths = named === undefined ? chromiumPaths : [named];
  return paths.find((path) => existsSync(path));
}

/** Why tests that need `part` cannot run here, with the way to get it; undefined where they can. */
export function lacks(part: Part): string | undefined {
  switch (part) {
    case 'chromium':
      return chromiumPath() === undefined
        ? 'no Chromium found: apt-get install -y chromium, or name one in SOGLIA_CHROMIUM'
        : undefined;
    case 'electron':
      return existsSync(`${root}/node_modules/electron/dist`)
        ? undefined
        : "Electron's binary is absent: npx install-electron fetches it from GitHub";
    case 'bluez-vm':
      return lacksTools(part) ?? lacksVm();
    case 'power-cut':
      return process.getuid?.() === 0
        ? lacksTools(part)
        : 'mounting a loop disk needs root: run as root on Linux';
    case 'pseudo-terminal':
      return lacksTools(part);
  }
}

function lacksTools(part: Part): string | undefined {
  const packages = missingPackages(part);
  if (packages.length === 0) return undefined;
  const names = packages.join(' ');
  return `missing here: ${packages.join(', ')} (Debian: sudo apt-get install -y ${names})`;
}

function lacksVm(): string | undefined {
  if (existsSync(`${bluezVmFolder}/initrd.gz`)) return undefined;
  return 'not built yet: scripts/bluez-vm/build .cache/bluez-vm (Debian, its package mirror in reach)';
}

function missingPackages(part: Part): string[] {
  const tools = Object.entries<string>(parts[part].tools);
  const missing = tools.filter(
    ([tool]) => !(part === 'chromium' && chromiumPath()) && !isOnPath(tool),
  );
  return [...new Set(missing.map(([, name]) => name))];
}

/** Installs and builds what is missing, where that is allowed: on Debian as root. */
export async function prepareParts(wanted: readonly Part[]): Promise<void> {
  if (isDebianRoot()) {
    const packages = [...new Set(wanted.flatMap(missingPackages))];
    if (packages.length > 0) await aptInstall(packages);
  }
  if (wanted.includes('bluez-vm')) await buildBluezVm();
}

/** Builds the virtual machine once; a finished one is left as it is. */
async function buildBluezVm(): Promise<void> {
  if (lacksTools('bluez-vm') !== undefined || lacksVm() === undefined) return;
  if (!isOnPath('apt-get')) return;
  const script = `${root}/scripts/bluez-vm/build`;
  await quietly('build the Bluetooth virtual machine', script, [bluezVmFolder], {
    deadlineMs: 600_000,
  });
}
