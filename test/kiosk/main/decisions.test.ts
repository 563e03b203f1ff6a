import { describe, expect, test } from 'vitest';
import {
  isUnwell,
  mayHave,
  mayNavigate,
  mayPress,
  OWN_PAGE,
  pauseBeforeReloadMs,
} from '../../../kiosk/main/decisions.ts';

const plain = { type: 'keyDown', control: false, alt: false, meta: false };

describe('[threat-8] the shell', () => {
  test('lets the page load itself anew, and go nowhere else', () => {
    expect(mayNavigate(OWN_PAGE)).toBe(true);
    for (const url of [
      ...['https://evil.example/', 'http://127.0.0.1:4300/', 'file:///etc/passwd', 'about:blank'],
      ...['data:text/html,x', 'javascript:alert(1)', 'blob:app://kiosk/1', 'chrome://gpu'],
      ...['devtools://devtools/bundled/inspector.html', 'mailto:a@b.it', 'tel:112', 'intent://x'],
      ...['app://other/index.html', 'app://kiosk.evil/index.html', 'app://kiosk/assets/x.js'],
      ...['app://user:word@kiosk/index.html', 'app://kiosk/../index.htm', 'not a url', ''],
    ]) {
      expect(mayNavigate(url), url).toBe(false);
    }
  });

  test('takes what a person writes with, and no shortcut', () => {
    for (const key of ['a', 'È', '7', ' ', '+', '€', 'Enter', 'Tab', 'ArrowLeft', 'Backspace']) {
      expect(mayPress({ ...plain, key }), key).toBe(true);
    }
    for (const key of [
      ...['F1', 'F5', 'F10', 'F11', 'F12', 'Escape', 'ContextMenu', 'PrintScreen', 'BrowserBack'],
      ...[
        'Meta',
        'Alt',
        'Control',
        'MediaPlayPause',
        'LaunchMail',
        'Dead',
        'Process',
        '\u0003',
        '',
      ],
    ]) {
      expect(mayPress({ ...plain, key }), key).toBe(false);
    }
    for (const key of ['w', 'q', 'n', 't', 'o', 'p', 's', 'u', 'r', 'j', '+', '-', '0', 'i', 'c']) {
      expect(mayPress({ ...plain, key, control: true }), `Ctrl+${key}`).toBe(false);
      expect(mayPress({ ...plain, key, meta: true }), `Super+${key}`).toBe(false);
    }
    for (const key of ['F4', 'Tab', ' ', 'ArrowLeft']) {
      expect(mayPress({ ...plain, key, alt: true }), `Alt+${key}`).toBe(false);
    }
  });

  test('gives no permission', () => {
    for (const permission of ['media', 'geolocation', 'notifications', 'usb', 'fullscreen']) {
      expect(mayHave(permission)).toBe(false);
    }
  });

  test('loads a page that fell at once, one that keeps falling more and more slowly', () => {
    const pauses = [0, 1, 2, 3, 4, 5, 20].map(pauseBeforeReloadMs);
    expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  test('holds a blank or a silent page for unwell', () => {
    expect(isUnwell({ silentMs: 0, isBlank: true })).toBe(true);
    expect(isUnwell({ silentMs: 25_000, isBlank: false })).toBe(true);
    expect(isUnwell({ silentMs: 6_000, isBlank: false })).toBe(false);
  });
});
