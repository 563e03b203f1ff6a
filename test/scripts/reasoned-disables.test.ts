import { RuleTester } from 'eslint';
import { reasonedDisables } from '../../scripts/reasoned-disables.mjs';
import { describe, test } from 'vitest';

RuleTester.describe = describe;
RuleTester.it = test;

const errors = [{ message: 'Say why this check is switched off: `-- the reason`.' }];

new RuleTester().run('a check is switched off only with its reason', reasonedDisables, {
  valid: [
    '// eslint-disable-next-line eqeqeq -- null and undefined are the same here\na == null',
    '// an ordinary comment',
    '// @ts-expect-error: the library forgets this field\na.b',
  ],
  invalid: [
    { code: '// eslint-disable-next-line eqeqeq\na == null', errors },
    { code: '/* eslint-disable */', errors },
    { code: '// @ts-expect-error\na.b', errors },
    { code: '// @ts-ignore because\na.b', errors },
  ],
});
