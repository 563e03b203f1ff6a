import '../ui/no-eval.ts'; // first: a schema looks at it when it is made
import { signal } from '@preact/signals';
import { render } from 'preact';
import { HANDHELD_NAMESPACE, HandheldStateSchema } from '../kernel/protocol/handheld-events.ts';
import { BrowserDevice, codeFromAddress, NotEnrolled } from '../ui/device.ts';
import { indexedDeviceStore } from '../ui/device-store.ts';
import { openEdgeSocket } from '../ui/edge-socket.ts';
import { createI18n } from '../ui/i18n.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import { App } from './app.tsx';
import './handheld.css';
import type words from './i18n/it.json';
import { createTill } from './till.ts';

const codeGiven = signal(codeFromAddress());
const isEnrolled = signal(true);

const i18n = await createI18n<typeof words>({ preferred: [navigator.language.slice(0, 2)] });
const device = new BrowserDevice({
  baseUrl: '', // the edge serves this page
  kind: 'handheld',
  store: indexedDeviceStore('handheld'),
  code: () => Promise.resolve(codeGiven.peek()),
});
const edge = openEdgeSocket({
  url: '',
  namespace: HANDHELD_NAMESPACE,
  state: HandheldStateSchema,
  token: async () => {
    try {
      const token = await device.token();
      codeGiven.value = undefined; // good once; until here a lost line may have kept it from the edge
      isEnrolled.value = true;
      return token;
    } catch (error) {
      if (error instanceof NotEnrolled) {
        codeGiven.value = undefined;
        isEnrolled.value = false;
      }
      throw error;
    }
  },
  onRefused: () => device.forgetToken(),
  onUnreadable: (reason) => console.error('state refused', reason),
});
const enrol = (code: string) => {
  codeGiven.value = code;
  isEnrolled.value = true;
};

const place = document.getElementById('handheld');
if (place === null) throw new Error('index.html has no #handheld');
render(
  <App edge={edge} till={createTill(edge)} i18n={i18n} isEnrolled={isEnrolled} onCode={enrol} />,
  place,
);
