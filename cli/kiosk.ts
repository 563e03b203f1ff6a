import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { pino } from 'pino';
import { z } from 'zod';
import { serveKiosk, type RunningKiosk } from '../kiosk/main/serve.ts';

interface Flags {
  readonly station: string;
  readonly port: number;
  readonly edge: string;
  readonly operatorSocket?: string;
  readonly data: string;
  readonly open?: boolean;
}

/** `soglia kiosk`: serves the kiosk's page on this machine and, with `--open`, shows it on its screen. */
export function kioskCommand(): Command {
  return new Command('kiosk')
    .option('--station <id>', 'the station of soglia.yaml that this screen serves', 'kiosk-1')
    .option('--port <port>', 'loopback port; 0 for any free one', port, 4300)
    .option('--edge <url>', 'the store server', 'http://127.0.0.1:4200')
    .option('--operator-socket <path>', 'of the store server on this machine, to enrol by itself')
    .option('--data <folder>', 'where the browser keeps its key', 'data/kiosk')
    .option('--open', 'show it: Electron where its binary is, else Chromium in kiosk mode')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const log = pino();
  const root = packageRoot();
  const kiosk =
    (flags.open === true && (await alreadyServed(flags))) ||
    (await serveKiosk({
      folder: join(root, 'dist/web/kiosk'),
      edgeUrl: flags.edge,
      stationId: flags.station,
      operatorSocket: flags.operatorSocket,
      port: flags.port,
      report: (err) => log.error({ err }, 'a request failed'),
    }));
  log.info({ url: kiosk.url }, 'ready');
  const screen = flags.open === true ? await openScreen(root, kiosk.url, flags) : undefined;
  if (screen !== undefined) log.info({ shell: screen.name }, 'screen opened');
  const stop = async () => {
    screen?.child.kill();
    await kiosk.stop();
    process.exit(0);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    let asked = false;
    process.on(name, () => {
      if (asked) process.exit(1);
      asked = true;
      void stop();
    });
  }
  screen?.child.on('exit', (code) => {
    if (code !== 0) say(`The screen closed by itself (${String(code)}); is there a display?`);
    void stop();
  });
}

/** The same station's page, served by another process of this machine: `npm start` does. */
async function alreadyServed({ port, station }: Flags): Promise<RunningKiosk | undefined> {
  const url = `http://127.0.0.1:${port}/`;
  try {
    const signal = AbortSignal.timeout(1_000);
    const answer: unknown = await (await fetch(`${url}local/configuration`, { signal })).json();
    if (StationSchema.safeParse(answer).data?.stationId !== station) return undefined;
    return { url, stop: () => Promise.resolve() };
  } catch {
    return undefined;
  }
}

const StationSchema = z.object({ stationId: z.string() });

interface Screen {
  readonly name: 'electron' | 'chromium' | 'none';
  readonly child: ChildProcess;
}

async function openScreen(root: string, url: string, flags: Flags): Promise<Screen | undefined> {
  const electron = join(root, 'node_modules/electron/dist/electron');
  const shell = join(root, 'dist/kiosk-shell/main.mjs');
  if (existsSync(electron) && existsSync(shell)) {
    say('Electron opens the kiosk.');
    const socket =
      flags.operatorSocket === undefined ? [] : ['--operator-socket', flags.operatorSocket];
    const args = [shell, '--edge', flags.edge, '--station', flags.station, ...socket];
    return { name: 'electron', child: spawn(electron, args, { stdio: 'ignore', cwd: root }) };
  }
  const chromium = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => existsSync(path));
  if (chromium === undefined) {
    say(`Neither Electron's binary nor Chromium is here. Open ${url} in any browser,`);
    say('or install one: apt-get install chromium');
    return undefined;
  }
  say("Electron's binary is not here, so Chromium opens the kiosk in kiosk mode.");
  const profile = resolve(flags.data, 'browser');
  await mkdir(profile, { recursive: true, mode: 0o700 });
  return {
    name: 'chromium',
    child: spawn(chromium, chromiumFlags(url, profile), { stdio: 'ignore' }),
  };
}

function chromiumFlags(url: string, profile: string): string[] {
  return [
    '--kiosk',
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--noerrdialogs',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    '--disable-session-crashed-bubble',
    '--disable-features=Translate',
    '--disable-component-update',
    '--disable-background-networking',
    '--disable-sync',
    '--autoplay-policy=no-user-gesture-required',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), // Chromium refuses root otherwise
  ];
}

/** For the person who typed the command; the log stays on standard output. */
const say = (line: string) => process.stderr.write(`${line}\n`);

/** From sources (cli/) and compiled (dist/cli/) alike. */
function packageRoot(): string {
  const above = fileURLToPath(new URL('..', import.meta.url));
  return existsSync(join(above, 'package.json')) ? above : join(above, '..');
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('not a port from 0 to 65535');
}
