import { readdirSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { TokenThread } from '../../edge/recognition/token-thread.ts';

/** Field 19 of /proc/[pid]/task/[tid]/stat, by thread. */
function niceValues(): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const thread of readdirSync('/proc/self/task')) {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    values.set(thread, Number(fields[16]));
  }
  return values;
}

test.runIf(process.platform === 'linux')(
  'the thread that makes tables gives way, and no other does',
  async () => {
    const before = niceValues();
    const thread = new TokenThread({ file: '' }, () => undefined);
    onTestFinished(() => thread.close());
    await thread.build(0);
    const after = [...niceValues()];
    expect(after.filter(([, nice]) => nice === 10)).toHaveLength(1);
    for (const [id, nice] of before) expect(new Map(after).get(id) ?? nice).toBe(nice);
  },
);
