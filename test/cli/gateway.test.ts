import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { gatewayCommand } from '../../cli/gateway.ts';
import { tempDir } from '../support/temp-dir.ts';

const SHOP = JSON.stringify({
  store: { id: 'bottega', timeZone: 'Europe/Rome' },
  hq: { url: 'http://127.0.0.1:9' },
  ...{ edge: {}, kiosk: {}, zones: ['aisle'] },
  receivers: [
    { id: 'door', zone: 'aisle', kind: 'gateway', format: 'openmqttgateway', address: 'OMG_DOOR' },
    { id: 'aisle', zone: 'aisle', kind: 'gateway', format: 'minew', address: 'AC233FC03641' },
    { id: 'hci0', zone: 'aisle', kind: 'bluez' },
  ],
  gateways: { mqtt: { host: '192.168.7.1' }, http: { host: '192.168.7.1' } },
});

/** What the command prints. */
async function said(folder: string, ...args: string[]): Promise<string> {
  const config = join(folder, 'soglia.yaml');
  writeFileSync(config, SHOP);
  let text = '';
  const written = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    const options = ['--config', config, '--data', join(folder, 'bridge')];
    await gatewayCommand().parseAsync([...args, ...options], { from: 'user' });
  } finally {
    written.mockRestore();
  }
  return text;
}

test('a gateway’s password is printed once, with what to enter in the gateway', async () => {
  const folder = tempDir();
  const text = await said(folder, 'add', 'door');
  expect(text).toContain('192.168.7.1:1883, user door, QoS 0, topic home/OMG_DOOR');
  expect(text).not.toContain('POST');
  expect(await said(folder, 'add', 'aisle')).toContain(
    'POST http://192.168.7.1:4220/v1/gateways/aisle',
  );
  const password = /password {3}(\S+)/.exec(text)?.[1] ?? '';
  expect(password).toMatch(/^[\w-]{27}$/);
  expect(readFileSync(join(folder, 'bridge', 'gateways.json'), 'utf8')).not.toContain(password);
});

test('what is no gateway gets none, and the gateways there are are named', async () => {
  const folder = tempDir();
  await expect(said(folder, 'add', 'hci0')).rejects.toThrow('(there: door, aisle)');
  expect(existsSync(join(folder, 'bridge', 'gateways.json'))).toBe(false);
});

test('a password is taken away once', async () => {
  const folder = tempDir();
  await said(folder, 'add', 'door');
  expect(await said(folder, 'remove', 'door')).toBe("'door' is let in no more\n");
  await expect(said(folder, 'remove', 'door')).rejects.toThrow("'door' has no password");
});
