import { Command } from 'commander';
import { SogliaError } from '../kernel/errors.ts';

interface Entry {
  readonly summary: string;
  /** Loads the file of the command: only the one that was asked for. */
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  store: {
    summary: 'open a whole shop on this machine',
    load: async () => (await import('./store.ts')).storeCommand(),
  },
  bridge: {
    summary: 'hear the radios and scanners of this machine',
    load: async () => (await import('./bridge.ts')).bridgeCommand(),
  },
  hq: {
    summary: 'run head office',
    load: async () => (await import('./hq.ts')).hqCommand(),
  },
  offers: {
    summary: 'bring offers to head office',
    load: async () => (await import('./offers.ts')).offersCommand(),
  },
  'console-link': {
    summary: 'make a link that opens the console once',
    load: async () => (await import('./console-link.ts')).consoleLinkCommand(),
  },
  kiosk: {
    summary: 'serve and show a kiosk on this machine',
    load: async () => (await import('./kiosk.ts')).kioskCommand(),
  },
  simulator: {
    summary: 'bring simulated shoppers where there is no hardware',
    load: async () => (await import('./simulator.ts')).simulatorCommand(),
  },
  edge: {
    summary: 'serve one store',
    load: async () => (await import('./edge.ts')).edgeCommand(),
  },
  enrol: {
    summary: 'let one device into this store',
    load: async () => (await import('./enrol.ts')).enrolCommand(),
  },
  gateway: {
    summary: 'let a Bluetooth gateway of another make in',
    load: async () => (await import('./gateway.ts')).gatewayCommand(),
  },
  doctor: {
    summary: 'say what is wrong on this machine and how to mend it',
    load: async () => (await import('./doctor.ts')).doctorCommand(),
  },
  code: {
    summary: 'draw a card, a coupon or a product code to print',
    load: async () => (await import('./code.ts')).codeCommand(),
  },
  scanner: {
    summary: 'show what a scanner sends and find its profile',
    load: async () => (await import('./scanner.ts')).scannerCommand(),
  },
  decode: {
    summary: 'say what adverts or scans mean, line by line',
    load: async () => (await import('./decode.ts')).decodeCommand(),
  },
  explain: {
    summary: 'say which offers a decision shows, which not, and why',
    load: async () => (await import('./explain.ts')).explainCommand(),
  },
  backtest: {
    summary: 'say what the last days would have been with other offers',
    load: async () => (await import('./backtest.ts')).backtestCommand(),
  },
  privacy: {
    summary: 'show or erase what is held on a person',
    load: async () => (await import('./privacy.ts')).privacyCommand(),
  },
  walk: {
    summary: 'calibrate the receivers by walking through the shop',
    load: async () => (await import('./walk.ts')).walkCommand(),
  },
  zones: {
    summary: 'score how zones are told apart on recorded walks',
    load: async () => (await import('./zones.ts')).zonesCommand(),
  },
};

const program = new Command('soglia').description(
  'The box in the shop that knows, with consent, who is at the threshold.',
);
const [first, second] = process.argv.slice(2);
const wanted = first === 'help' ? second : first;
for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
  const command = name === wanted ? await load() : new Command(name);
  program.addCommand(command.description(summary));
}
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof SogliaError)) throw error;
  process.stderr.write(`soglia: ${error.message} (${error.code})\n`);
  process.exitCode = 1;
}
