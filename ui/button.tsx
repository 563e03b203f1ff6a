import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';

interface ButtonProps extends Omit<ButtonHTMLAttributes, 'class' | 'className'> {
  /** `primary`: the one thing to do here, at least 64 px high; the others at least 48 px. */
  readonly kind?: 'primary' | 'plain' | 'quiet';
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Button({ kind = 'plain', class: more = '', children, ...rest }: ButtonProps) {
  const look = kind === 'plain' ? 'button' : `button button-${kind}`;
  return (
    <button type="button" {...rest} class={`${look} ${more}`.trimEnd()}>
      {children}
    </button>
  );
}
