import type { JournalBody } from '../../kernel/protocol/journal-events.ts';
import type { Fact, Writer, Writes } from '../../edge/writes.ts';

/** Writes nothing down, and remembers what it was asked to. */
export class RememberingWriter implements Writer {
  readonly asked: { readonly kind: keyof Writes; readonly request: unknown }[] = [];

  write<K extends keyof Writes>(
    kind: K,
    request: Writes[K]['request'],
  ): Promise<Writes[K]['result']> {
    this.asked.push({ kind, request });
    return Promise.resolve(null as Writes[K]['result']);
  }

  /** The facts that came with it, in order. */
  get facts(): readonly JournalBody[] {
    return this.asked.flatMap(({ request }) => {
      const { fact } = request as { readonly fact?: Fact };
      return fact === undefined ? [] : [JSON.parse(fact.text) as JournalBody];
    });
  }
}
