/**
 * For a program of the shop, as flags of Node. One helper thread for V8 in place of four: on two processors the others go
 * before the loop that answers, with a compilation or a part of a collection that could have waited (nodejs.org/api/cli.html,
 * `--v8-pool-size`). Seen in turn with four, three times each: the p99 of a redemption 27 ms and 34.
 */
export const NODE_FLAGS: readonly string[] = ['--v8-pool-size=1'];
