import { z } from 'zod';

const HOUR_MS = 3_600_000;
const spanMs = (usual: number) =>
  z
    .int()
    .min(10_000)
    .max(168 * HOUR_MS)
    .default(usual);

/** When radios and beacons are held to be in trouble, and what may be done about it. */
export const RadioSchema = z
  .strictObject({
    receiverSilentAfterMs: spanMs(300_000).describe(
      'a receiver that hears nothing for so long while others hear is failing, ms',
    ),
    beaconSilentAfterMs: spanMs(600_000).describe(
      'a listed beacon that is not heard for so long is silent, ms',
    ),
    lowBatteryMv: z
      .int()
      .min(0)
      .max(65_535)
      .default(2_500)
      .describe('below it a beacon’s battery is low, mV; a new lithium cell has 3,000'),
    lowBatteryPercent: z
      .int()
      .min(0)
      .max(100)
      .default(15)
      .describe('the same for beacons that tell a charge, %'),
    restartCommand: z
      .array(z.string().min(1).max(255))
      .min(1)
      .max(16)
      .optional()
      .describe(
        'program and arguments that restart Bluetooth; without it systemd is asked over D-Bus',
      ),
  })
  .prefault({});
