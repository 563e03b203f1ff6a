import type { z } from 'zod';
import { SogliaError } from './errors.ts';

/**
 * The value that `schema` makes of `input`.
 * @throws {SogliaError} 'request/invalid', naming each field and the reason
 */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new SogliaError('request/invalid', explainIssues(result.error), { cause: result.error });
}

/** `field: reason`, joined by `; `. At most five, since a hostile body can break every field. */
export function explainIssues(error: z.ZodError): string {
  const shown = error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join('.') || '(whole)'}: ${issue.message}`);
  const more = error.issues.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${String(more)} more` : '');
}
