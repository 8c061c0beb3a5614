#!/usr/bin/env node
// Writes the users of a Firebase project into the file that `aspectavy admin legacy import` reads, and the parameters
// of their password hash into lines for the env file. Both are secrets: they are made readable by their owner only.
// @ts-check
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { ExportError, GoogleProject, serviceAccountOf } from './google.mjs';

const usage = `usage: node export.mjs --service-account KEY.json --out USERS.json [--parameters LEGACY.env] [--api-url URL]`;

/** Google puts this in place of what the service account may not see. */
const redacted = Buffer.from('REDACTED').toString('base64');

/** What the import reads of a user, and nothing else. @param {any} user */
function exported(user) {
  const { localId, email, emailVerified = false, displayName, createdAt, disabled = false } = user;
  if (user.passwordHash === redacted) {
    throw new ExportError('passwords are hidden: the service account needs firebaseauth.configs.getHashConfig (role Firebase Authentication Admin)');
  }
  // Another version than 0 is a hash that the project got from elsewhere.
  const isOwnHash = user.passwordHash && (user.version ?? 0) === 0;
  const password = isOwnHash ? { passwordHash: user.passwordHash, salt: user.salt ?? '' } : {};
  return { localId, email, emailVerified, ...password, displayName, createdAt, disabled };
}

/** @param {GoogleProject} project @param {string} path */
async function writeUsers(project, path) {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  await once(file, 'open');
  const counts = { users: 0, withPassword: 0 };
  const write = async (/** @type {string} */ text) => {
    if (!file.write(text)) await once(file, 'drain');
  };
  await write('{"users":[');
  for await (const page of project.pages()) {
    for (const user of page) {
      const line = exported(user);
      await write(`${counts.users === 0 ? '' : ','}\n${JSON.stringify(line)}`);
      counts.users += 1;
      if ('passwordHash' in line) counts.withPassword += 1;
    }
  }
  file.end('\n]}\n');
  await once(file, 'finish');
  return counts;
}

/** @param {GoogleProject} project @param {string} path */
async function writeParameters(project, path) {
  const { signerKey, saltSeparator, rounds, memoryCost } = await project.hashParameters();
  const lines = [
    'LEGACY_FIREBASE_ENABLED=on',
    `LEGACY_FIREBASE_SIGNER_KEY=${signerKey}`,
    `LEGACY_FIREBASE_SALT_SEPARATOR=${saltSeparator}`,
    `LEGACY_FIREBASE_ROUNDS=${rounds}`,
    `LEGACY_FIREBASE_MEM_COST=${memoryCost}`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`, { flag: 'wx', mode: 0o600 });
}

async function main() {
  const { values } = parseArgs({
    options: {
      'service-account': { type: 'string' },
      out: { type: 'string' },
      parameters: { type: 'string' },
      'api-url': { type: 'string' },
    },
  });
  const { 'service-account': keyFile, out, parameters, 'api-url': apiUrl } = values;
  if (!keyFile || !out) throw new ExportError(usage);
  const account = serviceAccountOf(JSON.parse(readFileSync(keyFile, 'utf8')));
  const project = new GoogleProject(account, { ...(apiUrl && { apiUrl, pauseMs: 10 }) });
  if (parameters) await writeParameters(project, parameters);
  const { users, withPassword } = await writeUsers(project, out);
  console.log(`${users} users, ${withPassword} of them with a password, in ${out}`);
}

main().catch((error) => {
  const isKnown = error instanceof ExportError || error.code === 'EEXIST' || error.code === 'ENOENT' || error.code?.startsWith('ERR_PARSE_ARGS');
  console.error(`error: ${isKnown ? error.message : error.stack}`);
  process.exitCode = 1;
});
