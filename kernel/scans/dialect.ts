import type { Rejected } from '../rejected.ts';
import { type CodeIdProfile, type CodeIdRejection, toAimForm } from './code-id.ts';
import {
  type Frame,
  type Framer,
  type FramingProfile,
  type FramingRejection,
  createFramer,
} from './framing.ts';
import {
  type CommandFailed,
  type Reply,
  type SsiCommand,
  type SsiFrameRejection,
  createSsiSession,
} from './ssi-session.ts';

/** How one scanner speaks. */
export interface Dialect {
  readonly framing:
    FramingProfile | { readonly kind: 'ssi'; readonly responseTimeoutMs?: number | undefined };
  readonly codeId: CodeIdProfile;
  /** Whether a frame whose code id is none of its maker's is dropped, or passes as it came. */
  readonly unknownCodeId: 'reject' | 'keep';
}

export type DialectRejection = FramingRejection | SsiFrameRejection | CodeIdRejection;
export type Heard = Frame | Reply | CommandFailed | Rejected<DialectRejection>;

/** One port's bytes as frames in AIM form, and what to answer. Make a new one whenever the port is opened again. */
export interface Listener extends Framer<Heard> {
  /** For a scanner that takes commands in packets; nothing for any other. */
  command(command: SsiCommand, atMs: number): readonly Heard[];
}

export function createListener({ framing, codeId, unknownCodeId }: Dialect): Listener {
  const keepUnknown = unknownCodeId === 'keep';
  if (framing.kind === 'ssi') {
    return createSsiSession({ responseTimeoutMs: framing.responseTimeoutMs, keepUnknown });
  }
  const framer = createFramer(framing);
  const inAimForm = (heard: Frame | Rejected<FramingRejection>): Heard => {
    if (heard.kind === 'rejected') return heard;
    const bytes = toAimForm(heard.bytes, codeId);
    if (bytes instanceof Uint8Array) return { kind: 'frame', bytes };
    return keepUnknown && bytes.reason === 'unknown-code-id' ? heard : bytes;
  };
  return {
    push: (chunk, atMs) => framer.push(chunk, atMs).map(inAimForm),
    flush: (atMs) => framer.flush(atMs).map(inAimForm),
    dueAtMs: () => framer.dueAtMs(),
    command: () => [],
  };
}
