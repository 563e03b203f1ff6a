import { useEffect, useRef, useState } from 'preact/hooks';
import type { OfferId } from '../../kernel/domain/ids.ts';
import { Button } from '../../ui/button.tsx';
import type { Desk } from './desk.ts';
import { faultsFromProblem, type Faults } from './field-errors.ts';
import { putOffer, readOffers, type OffersView } from './head-office.ts';
import { draftOf, emptyDraft, fieldAt, readDraft } from './offer-draft.ts';
import type { OfferDraft, OfferField } from './offer-draft.ts';
import { OfferFields } from './offer-fields.tsx';
import { OfferPreview } from './offer-preview.tsx';
import { Empty, PageHead, Read, TroubleNote } from './parts.tsx';
import { useReading } from './reading.ts';
import { RequestFailed } from './request.ts';
import { addressOf, go } from './route.ts';

interface OfferPageProps {
  readonly desk: Desk;
  /** Undefined: a new offer. */
  readonly offerId: OfferId | undefined;
}

export function OfferPage({ desk, offerId }: OfferPageProps) {
  const { t } = desk.i18n;
  const offers = useReading(readOffers, ['offers'], desk.live, desk.onSignedOut);
  return (
    <>
      <PageHead
        title={t(offerId === undefined ? 'offer.title-new' : 'offer.title-edit')}
        back={{ href: addressOf({ page: 'offers' }), text: t('offer.back') }}
      />
      <Read reading={offers} t={t}>
        {(list) =>
          offerId !== undefined && !list.some((offer) => offer.offerId === offerId) ? (
            <Empty title={t('offer.gone')} />
          ) : (
            <OfferForm desk={desk} offers={list} offerId={offerId} />
          )
        }
      </Read>
    </>
  );
}

interface OfferFormProps {
  readonly desk: Desk;
  readonly offers: OffersView;
  readonly offerId: OfferId | undefined;
}
/** The form and, beside it, the very card that shoppers will see, drawn anew with every key. */
function OfferForm({ desk, offers, offerId }: OfferFormProps) {
  const { t } = desk.i18n;
  const base = offers.find((offer) => offer.offerId === offerId);
  const [draft, setDraft] = useState<OfferDraft>(() =>
    base === undefined ? emptyDraft(Date.now()) : draftOf(base),
  );
  const [faults, setFaults] = useState<Faults<OfferField>>({});
  const [trouble, setTrouble] = useState<unknown>();
  const [state, setState] = useState<'open' | 'saving' | 'saved'>('open');
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (Object.keys(faults).length === 0) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [faults]);

  const save = async () => {
    setTrouble(undefined);
    const read = readDraft(draft, base);
    const isTaken =
      base === undefined && offers.some((one) => one.offerId === draft.offerId.trim());
    const found: Faults<OfferField> = {
      ...(read.kind === 'faults' ? read.faults : {}),
      ...(isTaken ? { offerId: { reason: 'taken' } } : {}),
    };
    setFaults(found);
    if (read.kind === 'faults' || isTaken) return;
    setState('saving');
    try {
      await putOffer(read.offerId, read.offer);
      setState('saved');
      if (base === undefined) go({ page: 'offer', offerId: read.offerId });
    } catch (error) {
      setState('open');
      if (error instanceof RequestFailed && error.kind === 'signed-out') desk.onSignedOut();
      if (error instanceof RequestFailed && error.code === 'request/invalid') {
        setFaults(beside(error.message));
      } else {
        setTrouble(error);
      }
    }
  };
  const change = (part: Partial<OfferDraft>) => {
    setDraft((last) => ({ ...last, ...part }));
    setState('open');
    setFaults((last) => withoutKeys(last, Object.keys(part)));
  };

  const count = Object.keys(faults).length;
  return (
    <div class="offer-editor">
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (state !== 'saving') void save();
        }}
      >
        <OfferFields
          draft={draft}
          faults={faults}
          isNew={base === undefined}
          onChange={change}
          t={t}
        />
        {trouble !== undefined && <TroubleNote error={trouble} t={t} />}
        <div class="form-end">
          <Button type="submit" kind="primary" aria-busy={state === 'saving'}>
            {t('offer.save')}
          </Button>
          <p role="status" class={count > 0 ? 'note-fault' : 'note-good'}>
            {state === 'saved' && t('offer.saved')}
            {count > 0 && t('offer.faults', { count })}
          </p>
        </div>
      </form>
      <OfferPreview draft={draft} i18n={desk.i18n} />
    </div>
  );
}

/** HQ's words on each field, beside the field. */
function beside(message: string): Faults<OfferField> {
  const faults: Faults<OfferField> = {};
  for (const [path, fault] of Object.entries(faultsFromProblem(message))) {
    faults[fieldAt(path.split('.'))] ??= fault;
  }
  return faults;
}

function withoutKeys(faults: Faults<OfferField>, keys: readonly string[]): Faults<OfferField> {
  if (!keys.some((key) => key in faults)) return faults; // the same object: nothing to focus anew
  return Object.fromEntries(Object.entries(faults).filter(([key]) => !keys.includes(key)));
}
