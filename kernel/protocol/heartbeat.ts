/**
 * How often the edge pings a screen and how long it waits for more, in milliseconds (engine.io's own heartbeat).
 * A screen holds the edge for lost after the sum of both without a sign: below the 2 s of fault-22, also when the
 * cable is cut and no connection is closed.
 */
export const SCREEN_HEARTBEAT = { pingInterval: 500, pingTimeout: 1_000 } as const;
