import type { ShopPart } from '../../kernel/protocol/shop-part.ts';
import type { Say } from './words.ts';

/** Beacon door-1. There is one bridge, which needs no name. */
export function partName({ kind, id }: Pick<ShopPart, 'kind' | 'id'>, t: Say): string {
  return kind === 'bridge' ? t('parts.kind.bridge') : `${t(`parts.kind.${kind}`)} ${id}`;
}

/** How it is, in words for whoever runs a store. */
export function partText({ state, trouble, batteryLow }: ShopPart, t: Say): string {
  switch (state) {
    case 'working':
      return t(batteryLow === true ? 'parts.battery-low' : 'parts.works');
    case 'unknown':
      return t('parts.unknown');
    case 'silent':
      return t(batteryLow === true ? 'parts.silent-battery' : 'parts.silent');
    case 'missing':
    case 'failing':
      return t(trouble === undefined ? 'parts.not-working' : `parts.trouble.${trouble}`);
  }
}

/** What to do about it; undefined where there is nothing to do. */
export function partHint(
  { kind, state, trouble, batteryLow }: ShopPart,
  t: Say,
): string | undefined {
  if (state === 'unknown') return undefined;
  if (state === 'working') return batteryLow === true ? t('parts.hint.battery') : undefined;
  if (kind === 'beacon') return t('parts.hint.beacon');
  if (kind === 'bridge') return t('parts.hint.bridge');
  switch (trouble) {
    case 'unplugged':
    case 'silent':
    case 'nothing-came':
      return t(`parts.hint.${trouble}`);
    default:
      return t('parts.hint.support');
  }
}
