import type { Log, LogFields } from '../../node/logs.ts';

/** Remembers what was said instead of printing it. */
export class RememberingLog implements Log {
  readonly lines: string[] = [];
  readonly debug = (message: string, fields?: LogFields) => this.#note(message, fields);
  readonly info = (message: string, fields?: LogFields) => this.#note(message, fields);
  readonly warn = (message: string, fields?: LogFields) => this.#note(message, fields);
  readonly error = (message: string, fields?: LogFields) => this.#note(message, fields);

  #note(message: string, fields: LogFields = {}): void {
    this.lines.push(`${message} ${JSON.stringify(fields)}`);
  }
}
