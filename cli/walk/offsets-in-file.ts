import { isMap, isScalar, parseDocument } from 'yaml';
import type { ReceiverOffset } from '../../kernel/domain/calibration.ts';
import { SogliaError } from '../../kernel/errors.ts';
import { parseConfiguration } from '../../node/configuration.ts';
import { asWritten, changeOf, PRINTED } from '../changed-file.ts';

/**
 * `soglia.yaml` with these offsets at the receivers of its floor plan, comments and order kept. An offset of 0 that the file does
 * not say stays unsaid; receivers that no offset is named for stay as they are.
 * @throws {SogliaError} 'config/invalid' where the file is none, before or after, or has no such receiver in its plan
 */
export function withOffsetsIn(
  text: string,
  source: string,
  offsets: readonly ReceiverOffset[],
): { readonly text: string; readonly change: readonly string[] } {
  parseConfiguration(text, source);
  const document = parseDocument(text);
  const receivers = document.getIn(['floor', 'receivers'], true);
  for (const { receiverId, offsetDb } of offsets) {
    // By its text: an id such as 101 is a number to YAML.
    const pair = isMap(receivers)
      ? receivers.items.find(({ key }) => String(isScalar(key) ? key.value : key) === receiverId)
      : undefined;
    if (pair === undefined || !isMap(pair.value))
      throw new SogliaError(
        'config/invalid',
        `${source}: floor.receivers.${receiverId}: not there`,
      );
    if (offsetDb !== 0 || pair.value.has('offsetDb')) pair.value.set('offsetDb', offsetDb);
  }
  const changed = asWritten(text, document.toString(PRINTED));
  parseConfiguration(changed, source);
  return { text: changed, change: changeOf(text, changed) };
}
