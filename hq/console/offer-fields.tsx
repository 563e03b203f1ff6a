import type { ComponentChildren } from 'preact';
import { MOMENTS, REDEMPTION_CLASSES, SURFACES } from '../../kernel/domain/offer.ts';
import { StrengthSchema, type Strength } from '../../kernel/domain/strength.ts';
import type { Faults } from './field-errors.ts';
import { Choices, Field, type Ties } from './field.tsx';
import type { OfferDraft, OfferField } from './offer-draft.ts';
import type { Say } from './words.ts';

const BENEFITS = ['percent', 'amount', 'bundle', 'points', 'gift', 'information'] as const;
const STRENGTHS: readonly Strength[] = [0, 1, 2, 3, 4];
type TextField = {
  [K in OfferField]: OfferDraft[K] extends string
    ? string extends OfferDraft[K]
      ? K
      : never
    : never;
}[OfferField];

interface OfferFieldsProps {
  readonly draft: OfferDraft;
  readonly faults: Faults<OfferField>;
  readonly isNew: boolean;
  readonly onChange: (part: Partial<OfferDraft>) => void;
  readonly t: Say;
}

export function OfferFields({ draft, faults, isNew, onChange, t }: OfferFieldsProps) {
  const control = (name: TextField, ties: Ties) => ({
    ...ties,
    name,
    value: draft[name],
    onInput: (event: { currentTarget: { value: string } }) =>
      onChange({ [name]: event.currentTarget.value }),
  });
  const field = (
    name: OfferField,
    label: string,
    draw: (ties: Ties) => ComponentChildren,
    hint?: string,
  ) => (
    <Field label={label} hint={hint} fault={faults[name]} t={t}>
      {draw}
    </Field>
  );
  const line = (name: TextField, label: string, hint?: string) =>
    field(name, label, (ties) => <input {...control(name, ties)} autocomplete="off" />, hint);
  const area = (name: TextField, label: string, hint?: string) =>
    field(name, label, (ties) => <textarea {...control(name, ties)} rows={2} />, hint);

  return (
    <>
      {isNew && line('offerId', t('offer.id'), t('offer.id-hint'))}
      <fieldset class="group">
        <legend>{t('offer.group-words')}</legend>
        <div class="columns">
          {(['It', 'En'] as const).map((end) => (
            <div key={end} class="language-column">
              <h3>{t(end === 'It' ? 'offer.language-it' : 'offer.language-en')}</h3>
              {line(`title${end}`, t('offer.field-title'))}
              {area(`body${end}`, t('offer.field-body'))}
              {area(`terms${end}`, t('offer.field-terms'))}
            </div>
          ))}
        </div>
      </fieldset>
      <fieldset class="group">
        <legend>{t('offer.group-gives')}</legend>
        <div class="columns">
          {field('benefitKind', t('offer.benefit'), (ties) => (
            <select
              {...ties}
              name="benefitKind"
              value={draft.benefitKind}
              onChange={(event) => {
                const kind = BENEFITS.find((one) => one === event.currentTarget.value);
                if (kind !== undefined) onChange({ benefitKind: kind, benefitValue: '' });
              }}
            >
              {BENEFITS.map((kind) => (
                <option key={kind} value={kind}>
                  {t(`offer.benefit-${kind}`)}
                </option>
              ))}
            </select>
          ))}
          {draft.benefitKind !== 'information' &&
            line('benefitValue', t(`offer.value-${draft.benefitKind}`))}
          {field('redemption', t('offer.redemption'), (ties) => (
            <select
              {...ties}
              name="redemption"
              value={draft.redemption}
              onChange={(event) =>
                onChange({
                  redemption:
                    REDEMPTION_CLASSES.find((one) => one === event.currentTarget.value) ?? 'none',
                })
              }
            >
              {(['none', ...REDEMPTION_CLASSES] as const).map((one) => (
                <option key={one} value={one}>
                  {t(`offer.redemption-${one}`)}
                </option>
              ))}
            </select>
          ))}
        </div>
      </fieldset>
      <fieldset class="group">
        <legend>{t('offer.group-about')}</legend>
        <div class="columns">
          {area('gtins', t('offer.gtins'), t('offer.gtins-hint'))}
          {line('categories', t('offer.categories'), t('offer.categories-hint'))}
        </div>
      </fieldset>
      <fieldset class="group">
        <legend>{t('offer.group-who')}</legend>
        {line('segments', t('offer.segments'), t('offer.segments-hint'))}
        <div class="columns">
          <Choices
            label={t('offer.moments')}
            values={MOMENTS}
            chosen={draft.moments}
            nameOf={(moment) => t(`offer.moment-${moment}`)}
            onChange={(moments) => onChange({ moments })}
            fault={faults.moments}
            t={t}
          />
          <Choices
            label={t('offer.surfaces')}
            values={SURFACES}
            chosen={draft.surfaces}
            nameOf={(surface) => t(`offer.surface-${surface}`)}
            onChange={(surfaces) => onChange({ surfaces })}
            fault={faults.surfaces}
            t={t}
          />
        </div>
        <div class="columns">
          {field('minStrength', t('offer.strength'), (ties) => (
            <select
              {...ties}
              name="minStrength"
              value={String(draft.minStrength)}
              onChange={(event) =>
                onChange({ minStrength: StrengthSchema.parse(Number(event.currentTarget.value)) })
              }
            >
              {STRENGTHS.map((strength) => (
                <option key={strength} value={String(strength)}>
                  {t(`offer.strength-${strength}`)}
                </option>
              ))}
            </select>
          ))}
          {field(
            'priority',
            t('offer.priority'),
            (ties) => (
              <input {...control('priority', ties)} inputMode="numeric" />
            ),
            t('offer.priority-hint'),
          )}
          {field(
            'validFrom',
            t('offer.from'),
            (ties) => (
              <input {...control('validFrom', ties)} type="datetime-local" />
            ),
            t('offer.time-hint'),
          )}
          {field('validUntil', t('offer.until-field'), (ties) => (
            <input {...control('validUntil', ties)} type="datetime-local" />
          ))}
        </div>
        {field(
          'holdOut',
          t('offer.hold-out'),
          (ties) => (
            <input {...control('holdOut', ties)} inputMode="decimal" autocomplete="off" />
          ),
          t('offer.hold-out-hint'),
        )}
        <Choices
          label={t('offer.sensitive')}
          values={['sensitive']}
          chosen={draft.sensitive ? ['sensitive'] : []}
          nameOf={() => t('offer.sensitive-hint')}
          onChange={(chosen) => onChange({ sensitive: chosen.length > 0 })}
          t={t}
        />
      </fieldset>
    </>
  );
}
