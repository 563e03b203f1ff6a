import { execFile } from 'node:child_process';

const DEADLINE_MS = 20_000;

/** Runs the shop's own command; rejects where it fails or takes longer than 20 s. */
export function restartBy([program = '', ...given]: readonly string[]): () => Promise<void> {
  return () =>
    new Promise((resolve, reject) => {
      execFile(program, given, { timeout: DEADLINE_MS }, (error, _, said) => {
        if (error === null) resolve();
        else reject(new Error(`${program}: ${said.trim().split('\n')[0] || error.message}`));
      });
    });
}
