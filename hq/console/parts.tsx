import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import type { Reading } from './reading.ts';
import { troubleText, type Say } from './words.ts';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** The browser's own modal: keeps the focus inside, closes on Escape, gives the focus back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    ref.current?.showModal();
  }, []);
  return (
    <dialog ref={ref} class="dialog" aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}

interface PageHeadProps {
  readonly title: string;
  readonly lead?: string;
  readonly back?: { readonly href: string; readonly text: string };
  readonly children?: ComponentChildren;
}

export function PageHead({ title, lead, back, children }: PageHeadProps) {
  return (
    <header class="page-head">
      <div>
        {back !== undefined && (
          <a class="page-back" href={back.href}>
            ‹ {back.text}
          </a>
        )}
        <h1>{title}</h1>
        {lead !== undefined && <p class="page-lead">{lead}</p>}
      </div>
      <div class="page-acts">{children}</div>
    </header>
  );
}

interface ReadProps<T> {
  readonly reading: Reading<T>;
  readonly t: Say;
  readonly children: (value: T) => ComponentChildren;
}

/** What was read; above it what goes wrong now, so that old figures never pass for fresh ones. */
export function Read<T>({ reading, t, children }: ReadProps<T>) {
  const { value, trouble, again } = reading;
  return (
    <>
      {trouble !== undefined && <TroubleNote error={trouble} onRetry={again} t={t} />}
      {value !== undefined && children(value)}
      {value === undefined && trouble === undefined && (
        <p class="quiet" role="status">
          {t('state.loading')}
        </p>
      )}
    </>
  );
}

interface TroubleNoteProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly t: Say;
}
export function TroubleNote({ error, onRetry, t }: TroubleNoteProps) {
  return (
    <div class="note note-trouble" role="alert">
      <p>{troubleText(error, t)}</p>
      {onRetry !== undefined && <Button onClick={onRetry}>{t('state.retry')}</Button>}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly body?: string;
  readonly children?: ComponentChildren;
}
/** Nothing there yet: says so, and what to do. */
export function Empty({ title, body, children }: EmptyProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {body !== undefined && <p>{body}</p>}
      {children}
    </div>
  );
}

type Tone = 'good' | 'waiting' | 'off';
/** A state in a word, with a dot that repeats it. */
export function Badge({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <span class="badge" data-tone={tone}>
      {text}
    </span>
  );
}
