/** The first signal asks for an orderly end, the second ends at once. */
export function endOnSignal(): { readonly signal: AbortSignal; readonly asked: Promise<void> } {
  const controller = new AbortController();
  const asked = new Promise<void>((settle) => {
    controller.signal.addEventListener('abort', () => {
      settle();
    });
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
    });
  }
  return { signal: controller.signal, asked };
}
