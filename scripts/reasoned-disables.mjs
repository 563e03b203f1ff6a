/**
 * ESLint rule: a check may be switched off only with the reason on the same line,
 * as in `// eslint-disable-next-line some-rule -- the reason`.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const reasonedDisables = {
  meta: { type: 'suggestion', schema: [] },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const text = comment.value.trim();
          const isSwitchedOff = /^(eslint-disable|@ts-expect-error|@ts-ignore)/.test(text);
          const hasReason = text.startsWith('eslint')
            ? / -- \S/.test(text)
            : /^@ts-expect-error:? \S/.test(text);
          if (isSwitchedOff && !hasReason) {
            // On the line before: the comment itself would silence a report from its own place on.
            const line = (comment.loc?.start.line ?? 1) - 1;
            context.report({
              loc: { line, column: 0 },
              message: 'Say why this check is switched off: `-- the reason`.',
            });
          }
        }
      },
    };
  },
};
