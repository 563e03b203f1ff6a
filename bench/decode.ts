import type { DecodeReport } from './decode-load.ts';
import { type Benchmark, printed } from './row.ts';
import { withEndings } from './support/endings.ts';
import { startLoad } from './support/processes.ts';

export const decode: Benchmark = {
  name: 'decode',
  what: 'bytes to meaning, on one core: adverts, nine of ten a stranger’s, and scans of a till',
  run: (tell) =>
    withEndings(async (endings) => {
      const load = startLoad('decode-load.ts', endings);
      tell('warming up, then the median of seven rounds; JSON.parse takes its turn in each');
      const report = await load.ask<DecodeReport>('measure', null, 120_000);
      const { adverts, scans, bridgeStrangers } = report;
      return {
        name: 'decode',
        beside: {
          name: 'JSON.parse of as many bytes, adverts/s',
          figure: adverts.parsedPerSecond,
        },
        ratio: adverts.perSecond / adverts.parsedPerSecond,
        reach: [
          printed('adverts', '/s', adverts.perSecond),
          printed('strangers’ adverts in the bridge', '/s', bridgeStrangers.perSecond),
          printed('heap taken by a stranger there', 'bytes', bridgeStrangers.heapBytesEach),
          printed('heap taken by a stranger’s payload', 'bytes', adverts.heapBytesPerStranger),
          printed('scans', '/s', scans.perSecond),
          printed('JSON.parse of as many bytes, scans', '/s', scans.parsedPerSecond),
        ],
      };
    }),
};
