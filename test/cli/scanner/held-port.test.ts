import { expect, test } from 'vitest';
import { portTrouble } from '../../../cli/scanner/held-port.ts';

const device = '/dev/serial/by-id/desk';

test.each([
  ['Error: Permission denied, cannot open /dev/ttyUSB0', /adduser "\$USER" dialout/],
  ['Error Resource temporarily unavailable Cannot lock port', /another process has it open/],
  ['Error: No such file or directory, cannot open /dev/x', /not plugged in/],
  ['Error: Input/output error', /Input\/output error/],
])('%s: what to do is said', (message, words) => {
  expect(portTrouble(device, new Error(message))).toMatch(words);
});
