import Database from 'better-sqlite3';
import { parentPort, workerData } from 'node:worker_threads';

/** Keeps each text as one row, as many together as came during the last commit; says how many are on disk. */
const db = new Database(workerData);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL'); // after WAL, which better-sqlite3 is built to take as NORMAL
db.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
const insert = db.prepare('INSERT INTO kept (text) VALUES (?)');
const keep = db.transaction((texts) => {
  for (const text of texts) insert.run(text);
});

let waiting = [];
parentPort.on('message', (texts) => {
  if (waiting.length === 0) {
    setImmediate(() => {
      const batch = waiting;
      waiting = [];
      keep.immediate(batch);
      parentPort.postMessage(batch.length);
    });
  }
  waiting.push(...texts);
});
