import { toHex } from '../hex.ts';
import type { Frame } from './advert.ts';

/** What a fixed beacon calls itself, in the form that it advertises; hex and UUID in lower case. */
export type BeaconIdentity =
  | { readonly ibeacon: { readonly uuid: string; readonly major: number; readonly minor: number } }
  /** 10 and 6 bytes, hex. */
  | { readonly eddystoneUid: { readonly namespace: string; readonly instance: string } }
  /** All 20 bytes, hex. */
  | { readonly altbeacon: { readonly id: string } };

/** One text for each identity, so that equal ones can be found. */
export function identityText(identity: BeaconIdentity): string {
  if ('ibeacon' in identity) {
    const { uuid, major, minor } = identity.ibeacon;
    return `ibeacon ${uuid} ${String(major)} ${String(minor)}`;
  }
  if ('eddystoneUid' in identity) {
    const { namespace, instance } = identity.eddystoneUid;
    return `eddystone-uid ${namespace} ${instance}`;
  }
  return `altbeacon ${identity.altbeacon.id}`;
}

/** The `identityText` of whoever sent the frame; undefined where the frame names nobody, or is a token. */
export function identityOfFrame(frame: Frame): string | undefined {
  switch (frame.kind) {
    case 'ibeacon':
      return identityText({ ibeacon: frame });
    case 'eddystone-uid': {
      const [namespace, instance] = [toHex(frame.namespace), toHex(frame.instance)];
      return identityText({ eddystoneUid: { namespace, instance } });
    }
    case 'altbeacon': {
      const [id2, id3] = [frame.id2, frame.id3].map((part) => part.toString(16).padStart(4, '0'));
      return identityText({ altbeacon: { id: `${frame.id1.replaceAll('-', '')}${id2}${id3}` } });
    }
    default:
      return undefined;
  }
}
