import { start } from '../../edge/main.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { createLog } from '../../node/logs.ts';

/** DATA [FOLDER]: a whole store with a till, which may put its files into FOLDER. Says `open URL SOCKET` once it serves. */
const [dataDir = '', folder] = process.argv.slice(2);
const tree = {
  store: { id: 'bottega', timeZone: 'Europe/Rome' },
  hq: { url: 'http://127.0.0.1:9' },
  edge: {},
  kiosk: {},
  zones: ['entrance'],
  stations: [{ id: 'till', kind: 'till' }],
  tills: folder === undefined ? [] : [{ station: 'till', folder }],
};
const { url, operatorSocket } = await start({
  configuration: parseConfiguration(JSON.stringify(tree), 'soglia.yaml'),
  dataDir,
  port: 0,
  log: createLog('edge', { level: 'silent' }),
});
process.stdout.write(`open ${url} ${operatorSocket}\n`);
