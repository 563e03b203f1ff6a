import { z } from 'zod';

/** How a socket command is answered: always, within the caller's deadline, with a result or a code. */
export type Answer<T> =
  | { readonly ok: true; readonly outcome: T }
  | { readonly ok: false; readonly code: string; readonly message: string };
export type Reply<T> = (answer: Answer<T>) => void;

export const answerOf = <T extends z.ZodType>(outcome: T) =>
  z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), outcome }),
    z.object({ ok: z.literal(false), code: z.string(), message: z.string() }),
  ]);

/** The body of every HTTP answer of 4xx and 5xx. */
export const ProblemSchema = z.object({
  code: z.string(),
  message: z.string(),
});
export type Problem = z.infer<typeof ProblemSchema>;

/** State to screens: newest wins. A receiver keeps the highest version of one `boot` and forgets the rest. */
export const versioned = <T extends z.ZodType>(state: T) =>
  z.object({
    /** Random per start of the sender, so that versions may begin anew. */
    boot: z.string().min(1).max(64),
    version: z.int().nonnegative(),
    state,
  });
