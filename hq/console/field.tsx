import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { faultText, type Say } from './words.ts';
import type { Fault } from './field-errors.ts';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: Fault | undefined;
  readonly t: Say;
  /** The control; it must carry what it is given, so that label, hint and fault belong to it. */
  readonly children: (ties: Ties) => ComponentChildren;
}
export interface Ties {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

/** A control with its name above and what is wrong with it right below. */
export function Field({ label, hint, fault, t, children }: FieldProps) {
  const id = useId();
  const ties = tiesOf(id, hint, fault);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(ties)}
      <Below id={id} hint={hint} fault={fault} t={t} />
    </div>
  );
}

interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly values: readonly Value[];
  readonly chosen: readonly Value[];
  readonly nameOf: (value: Value) => string;
  readonly onChange: (chosen: readonly Value[]) => void;
  readonly hint?: string | undefined;
  readonly fault?: Fault | undefined;
  readonly t: Say;
}

/** Several of a few, as check boxes under one name. */
export function Choices<Value extends string>(props: ChoicesProps<Value>) {
  const { label, values, chosen, nameOf, onChange, hint, fault, t } = props;
  const id = useId();
  const ties = tiesOf(id, hint, fault);
  const toggle = (value: Value, on: boolean) => {
    onChange(values.filter((one) => (one === value ? on : chosen.includes(one))));
  };
  return (
    <fieldset class="field" aria-describedby={ties['aria-describedby']}>
      <legend>{label}</legend>
      <div class="choices">
        {values.map((value, index) => (
          <label key={value} class="choice">
            <input
              type="checkbox"
              id={index === 0 ? id : undefined}
              checked={chosen.includes(value)}
              aria-invalid={fault !== undefined}
              onChange={(event) => toggle(value, event.currentTarget.checked)}
            />
            <span>{nameOf(value)}</span>
          </label>
        ))}
      </div>
      <Below id={id} hint={hint} fault={fault} t={t} />
    </fieldset>
  );
}

function tiesOf(id: string, hint: string | undefined, fault: Fault | undefined): Ties {
  const described = [
    ...(fault === undefined ? [] : [`${id}-fault`]),
    ...(hint === undefined ? [] : [`${id}-hint`]),
  ];
  return {
    id,
    'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
    'aria-invalid': fault !== undefined,
  };
}

interface BelowProps {
  readonly id: string;
  readonly hint: string | undefined;
  readonly fault: Fault | undefined;
  readonly t: Say;
}
function Below({ id, hint, fault, t }: BelowProps) {
  return (
    <>
      {fault !== undefined && (
        <p id={`${id}-fault`} class="field-fault">
          {faultText(fault, t)}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
    </>
  );
}
