// The committed pages and examples of the settings are what the binary prints, and nobody uses a setting it has not.
// @ts-check
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runBackend } from '../support/node/backend.mjs';
import { repository } from '../support/node/places.mjs';

const generated = [
  { file: 'docs/operate/configuration.md', args: ['config', 'docs'] },
  ...['local', 'staging', 'production'].map((name) => ({
    file: `apps/backend/.env.${name}.example`,
    args: ['config', 'docs', '--env-example', name],
  })),
];

for (const { file, args } of generated) {
  test(`${file} is what \`aspectavy ${args.join(' ')}\` prints`, async () => {
    const { code, stdout, stderr } = await runBackend(args);
    assert.equal(code, 0, stderr);
    const path = join(repository, file);
    const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
    assert.ok(committed === stdout, `${file} is out of date; refresh it: build/dev/aspectavy ${args.join(' ')} > ${file}`);
  });
}

/** Files below a path that may name settings; the path itself when it is a file. @param {string} path @returns {string[]} */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).filter((name) => name !== 'node_modules').flatMap((name) => filesBelow(join(path, name)));
}

/** What looks like a setting of ours, apart from what only the scripts and tests read. */
const settingLike = /\b(?:ASPECTAVY|APP|API|DATABASE|FORECAST|METRICS|READYZ|TERRAIN|WORKER|RULESET)_[A-Z0-9_]+\b/g;
const ofTheScripts = new Set([
  'APP_NAME', 'ASPECTAVY_BINARY', 'ASPECTAVY_BUILD_JOBS', 'ASPECTAVY_POSTGRES_BIN', 'ASPECTAVY_PRODUCTION_DEPLOY_MODE',
  'ASPECTAVY_PRODUCTION_USE_BUNDLED_DB', 'ASPECTAVY_REPO_DIR', 'ASPECTAVY_SKIP_CONTAINERS',
  'ASPECTAVY_STAGING_USE_BUNDLED_DB', 'ASPECTAVY_TEST_DIR',
  'ASPECTAVY_UPDATE_GOLDEN', 'DATABASE_SCHEMA',
  // Of the Caddy snippet for somebody else's edge.
  'ASPECTAVY_ADMIN_HOST', 'ASPECTAVY_DOCS_HOST', 'ASPECTAVY_HOST', 'ASPECTAVY_UPSTREAM',
  // Asked by the smoke check of a release that has accounts; there is no such setting yet.
  'APP_ALLOWED_ORIGINS',
]);

test('every setting that a script or deployment file names exists', async () => {
  const { stdout } = await runBackend(['config', 'docs']);
  const known = new Set([...stdout.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map((match) => match[1]));
  assert.ok(known.has('DATABASE_URL') && known.size > 20);
  const roots = ['run', 'scripts', 'infra', 'apps/backend/Dockerfile'].map((name) => join(repository, name));
  const composes = readdirSync(repository).filter((name) => /^docker-compose.*\.ya?ml$/.test(name));
  const files = [...roots, ...composes.map((name) => join(repository, name))].flatMap(filesBelow);
  assert.ok(files.length > 5);
  const unknown = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(settingLike)]
      .map(([name]) => name)
      .filter((name) => !known.has(name.replace(/_FILE$/, '')) && !known.has(name) && !ofTheScripts.has(name))
      .map((name) => `${file.slice(repository.length)}: ${name}`),
  );
  assert.deepEqual([...new Set(unknown)], []);
});

test('Compose has the defaults that the documentation gives', async () => {
  /** @type {{ name: string, kind: string, default: string }[]} */
  const rows = JSON.parse((await runBackend(['config', 'list', '--json'])).stdout);
  const fallbacks = new Map(rows.filter(({ kind }) => kind === 'compose').map((row) => [row.name, row.default]));
  const composes = readdirSync(repository).filter((name) => /^docker-compose.*\.ya?ml$/.test(name));
  const used = composes.flatMap((file) =>
    [...readFileSync(join(repository, file), 'utf8').matchAll(/\$\{([A-Z0-9_]+)(?::-([^}]*))?/g)].map(([, name = '', fallback]) => ({ file, name, fallback })),
  );
  assert.ok(used.length > 20);
  const wrong = used.filter(({ name, fallback }) => {
    const documented = fallbacks.get(name);
    // Empty in the table: each file has a default of its own, and the help says so.
    return documented === undefined || (documented !== '' && fallback !== undefined && fallback !== documented);
  });
  assert.deepEqual(wrong, []);
});
