import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { app, BrowserWindow, ipcMain, protocol, session, type Session } from 'electron';
import {
  isUnwell,
  mayHave,
  mayNavigate,
  mayPress,
  OWN_ORIGIN,
  OWN_PAGE,
  pauseBeforeReloadMs,
} from './decisions.ts';
import { createSite, type Site } from './site.ts';

// The lock-down shell around the kiosk's page. What it decides stands in decisions.ts, what it serves in site.ts.

const { values } = parseArgs({
  args: process.argv.slice(app.isPackaged ? 1 : 2),
  strict: false,
  options: {
    edge: { type: 'string', default: 'http://127.0.0.1:4200' },
    station: { type: 'string', default: 'kiosk-1' },
    'operator-socket': { type: 'string' },
    windowed: { type: 'boolean', default: false },
  },
});
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
app.enableSandbox();
app.commandLine.appendSwitch('autoplay-policy', 'no-user-gesture-required'); // the idle warning is heard too
app.commandLine.appendSwitch('disable-pinch');
app.commandLine.appendSwitch('overscroll-history-navigation', '0');

if (app.requestSingleInstanceLock()) void app.whenReady().then(open);
else app.quit();
app.on('window-all-closed', () => {
  app.relaunch();
  app.exit(1);
});

function open(): void {
  const site = createSite({
    folder: join(app.getAppPath(), 'dist/web/kiosk'),
    edgeUrl: text(values['edge']) ?? 'http://127.0.0.1:4200',
    stationId: text(values['station']) ?? 'kiosk-1',
    operatorSocket: text(values['operator-socket']),
  });
  const own = session.fromPartition('persist:kiosk');
  lockDown(own, site);
  const isWindowed = values['windowed'] === true && !app.isPackaged;
  const window = new BrowserWindow({
    kiosk: !isWindowed,
    frame: isWindowed,
    backgroundColor: '#faf7f1',
    webPreferences: {
      session: own,
      preload: join(app.getAppPath(), 'dist/kiosk-shell/preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: false,
    },
  });
  window.setMenu(null);
  keepInside(window);
  keepAlive(window);
  void window.loadURL(OWN_PAGE);
}

function lockDown(own: Session, site: Site): void {
  own.protocol.handle('app', async (request) => {
    const { pathname, host } = new URL(request.url);
    if (host !== 'kiosk') return new Response(null, { status: 404 });
    const origin = request.headers.get('origin');
    const isOwn = origin === null || origin === OWN_ORIGIN; // only our page can reach this scheme at all
    const { status, headers, body } = await site({ method: request.method, path: pathname, isOwn });
    const bytes = typeof body === 'string' ? body : new Uint8Array(body);
    return new Response(bytes, { status, headers });
  });
  own.setPermissionRequestHandler((_contents, permission, answer) => answer(mayHave(permission)));
  own.setPermissionCheckHandler((_contents, permission) => mayHave(permission));
  own.setDevicePermissionHandler(() => mayHave('device'));
  own.on('will-download', (event) => event.preventDefault());
}

function keepInside({ webContents }: BrowserWindow): void {
  webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.on('will-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  webContents.on('will-frame-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  webContents.on('will-redirect', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault();
  });
  webContents.on('will-prevent-unload', (event) => event.preventDefault()); // no "leave this page?"
  webContents.on('before-input-event', (event, input) => {
    if (!mayPress(input)) event.preventDefault();
  });
  webContents.on('zoom-changed', (event) => event.preventDefault());
  void webContents.setVisualZoomLevelLimits(1, 1);
}

/** A page that fell, hangs or is empty is loaded again. */
function keepAlive(window: BrowserWindow): void {
  const falls: number[] = [];
  let heardAt = Date.now();
  let isBlank = false;
  let reloading: NodeJS.Timeout | undefined;
  const reload = () => {
    if (reloading !== undefined || window.isDestroyed()) return;
    const now = Date.now();
    const recent = falls.filter((at) => now - at < 60_000);
    falls.splice(0, falls.length, ...recent, now);
    reloading = setTimeout(() => {
      reloading = undefined;
      heardAt = Date.now();
      isBlank = false;
      if (!window.isDestroyed()) void window.loadURL(OWN_PAGE);
    }, pauseBeforeReloadMs(recent.length));
  };
  window.webContents.on('render-process-gone', reload);
  window.webContents.on('unresponsive', () => window.webContents.forcefullyCrashRenderer());
  window.webContents.on('did-fail-load', (_event, _code, _words, _url, isMainFrame) => {
    if (isMainFrame) reload();
  });
  ipcMain.on('page-alive', (_event, said: unknown) => {
    heardAt = Date.now();
    isBlank =
      typeof said === 'object' && said !== null && 'isBlank' in said && said.isBlank === true;
  });
  setInterval(() => {
    if (isUnwell({ silentMs: Date.now() - heardAt, isBlank })) reload();
  }, 5_000);
}
