import { ipcRenderer } from 'electron';

// Compiled beside Node code, which knows no page: only these two of it are used.
declare const document: { readonly body: { readonly innerText: string } };
declare function requestAnimationFrame(drawn: () => void): number;

// The page gets nothing from here. The shell hears every 5 s that it still draws, and whether there is anything on it.
setInterval(() => {
  requestAnimationFrame(() => {
    ipcRenderer.send('page-alive', { isBlank: document.body.innerText.trim() === '' });
  });
}, 5_000);
