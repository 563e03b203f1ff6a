/** What has to be ended after a measurement, whatever came of it: later ones first, each even if another fails. */
export class Endings {
  readonly #endings: (() => Promise<unknown>)[] = [];

  add(ending: () => Promise<unknown>): void {
    this.#endings.push(ending);
  }

  async end(): Promise<void> {
    for (const ending of this.#endings.splice(0).reverse()) {
      await ending().catch((error: unknown) => {
        process.stderr.write(`  not ended cleanly: ${String(error)}\n`);
      });
    }
  }
}

/** Runs a measurement and ends what it opened. */
export async function withEndings<T>(measure: (endings: Endings) => Promise<T>): Promise<T> {
  const endings = new Endings();
  try {
    return await measure(endings);
  } finally {
    await endings.end();
  }
}
