// A scratch checkout with stand-ins for docker and the PostgreSQL tools, for the tests of the backup scripts.
// @ts-check
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository, sampleFolder } from './sample.mjs';

/** The SQL of a small archive: schema 3 (older builds from 2 may run on it) and two routes. */
export const archiveSql = [
  '-- Data for Name: schema_migration; Type: TABLE DATA; Schema: public; Owner: -',
  'COPY public.schema_migration (number, name, sha256, min_compatible_app_schema) FROM stdin;',
  '1\tplatform\tx\t1',
  '3\troute\ty\t2',
  '\\.',
  '-- Data for Name: route; Type: TABLE DATA; Schema: public; Owner: -',
  'COPY public.route (id, name) FROM stdin;',
  '1\tCOPY public.fake (id) FROM stdin;',
  '2\tb',
  '\\.',
  '-- Name: TABLE route; Type: ACL; Schema: public; Owner: -',
  'GRANT SELECT ON TABLE public.route TO aspectavy_app;',
].join('\n');

/** @param {{ major?: number, format?: string, sql?: string, end?: string }} [parts] */
export function archive({ major = 15, format = '1.14', sql = archiveSql, end = 'END' } = {}) {
  return `PGDMP ${major} ${format}\n${sql}\n${end}\n`;
}

/** @typedef {{ status: number | null, stdout: string, stderr: string }} Result */

/**
 * @param {import('node:test').TestContext} t
 */
export function bench(t) {
  const folder = sampleFolder(t, {
    'bin/.keep': '',
    'stub/archive': archive(),
    'stub/databases': 'aspectavy\npostgres\n',
    'stub/calls': '',
    'stub/sql': '',
    'apps/backend/.env.production.local': "POSTGRES_PASSWORD='hunter2'\nBACKEND_IMAGE=aspectavy-backend\n",
  });
  cpSync(join(repository, 'scripts'), join(folder, 'scripts'), { recursive: true });
  for (const name of ['docker', 'pg_dump', 'pg_restore', 'psql', 'df']) {
    symlinkSync(join(folder, 'scripts/tests/stubs/postgres-tools.sh'), join(folder, 'bin', name));
  }
  const stub = join(folder, 'stub');
  const backups = join(folder, 'backups');
  mkdirSync(backups);

  /**
   * Starts a script; `env` is all it has besides PATH.
   * @param {string} script @param {string[]} args @param {Record<string, string>} [env]
   */
  function start(script, args, env = {}) {
    const child = spawn(join(folder, 'scripts', script), args, {
      cwd: '/',
      env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, STUB_DIR: stub, HOME: folder, LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    /** @type {Promise<Result>} */
    const ended = new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
    return { child, ended };
  }

  return {
    folder,
    backups,
    start,
    /** @param {string} script @param {string[]} args @param {Record<string, string>} [env] */
    run: (script, args, env) => start(script, args, env).ended,
    calls: () => readFileSync(join(stub, 'calls'), 'utf8'),
    sql: () => readFileSync(join(stub, 'sql'), 'utf8'),
    databases: () => readFileSync(join(stub, 'databases'), 'utf8').trim().split('\n'),
    /** @param {string} content */
    setArchive: (content) => writeFileSync(join(stub, 'archive'), content),
    /** @param {string} name */
    stubSays: (name) => existsSync(join(stub, name)),
    /** The files in the backup folder, without the lock. */
    files: () => readdirSync(backups).filter((name) => name !== '.lock').sort(),
    /** @param {string} name @param {string} [content] @param {boolean} [checksum] */
    addBackup(name, content = archive(), checksum = true) {
      const file = join(backups, name);
      writeFileSync(file, content);
      const sum = createHash('sha256').update(content).digest('hex');
      if (checksum) writeFileSync(`${file}.sha256`, `${sum}  ${name}\n`);
      return file;
    },
  };
}
