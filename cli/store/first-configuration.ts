import { stringify } from 'yaml';

/** What a machine has, as far as a first start can find out. */
export interface Hardware {
  /** BlueZ adapters on the system bus: hci0 … */
  readonly adapters: readonly string[];
  /** Serial devices by names that survive replugging. */
  readonly serialDevices: readonly string[];
}

export interface Addresses {
  readonly hqUrl: string;
  readonly edgePort: number;
  readonly kioskPort: number;
  readonly timeZone: string;
}

/**
 * A `soglia.yaml` for a shop of one kiosk, with the hardware that was found and the simulator for what was not.
 * The simulator never stands in for a device that is there: a radio that is silent has to look silent.
 */
export function firstConfiguration(hardware: Hardware, addresses: Addresses): string {
  const receivers = hardware.adapters.map((adapter, i) => ({
    id: adapter,
    zone: ZONES[Math.min(i + 1, ZONES.length - 1)],
    kind: 'bluez',
    adapter,
  }));
  const scanners = hardware.serialDevices.map((device, i) => ({
    id: `scanner-${String(i + 1)}`,
    kind: 'serial',
    device,
  }));
  const configuration = {
    store: { id: 'bottega', timeZone: addresses.timeZone, languages: ['it', 'en'] },
    hq: { url: addresses.hqUrl },
    edge: { port: addresses.edgePort },
    kiosk: { port: addresses.kioskPort },
    zones: ZONES,
    receivers:
      receivers.length > 0
        ? receivers
        : ZONES.map((zone) => ({ id: `radio-${zone}`, zone, kind: 'simulated' })),
    scanners: scanners.length > 0 ? scanners : [{ id: 'scanner-1', kind: 'simulated' }],
    stations: [
      {
        id: 'kiosk-1',
        kind: 'kiosk',
        zone: KIOSK_ZONE,
        scanners: scanners.length > 0 ? scanners.map(({ id }) => id) : ['scanner-1'],
      },
      { id: 'handheld-1', kind: 'handheld' },
    ],
  };
  return `${HEAD}${stringify(configuration)}`;
}

const ZONES = ['entrance', 'aisle', 'counter'];
const KIOSK_ZONE = 'aisle';
const HEAD = `# The shop as it was found at the first start. Change it as you like and start again;
# \`soglia doctor\` says what is wrong with it. A copy in the folder where you start Soglia wins over this one.
`;
