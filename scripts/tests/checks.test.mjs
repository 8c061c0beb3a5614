// Every check must refuse a bad sample and accept a good one.
// @ts-check
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { run, sampleFolder } from './sample.mjs';

const layers = 'core : : fmt\ngeo : core : expat\ndb : core : libpq-fe\nterrain : core geo : proj\n';

/** @type {{ name: string, path: string, content: string, says: RegExp | null }[]} */
const layerCases = [
  { name: 'an allowed folder', path: 'terrain/x.cpp', content: '#include "geo/line.hpp"\n#include <vector>\n', says: null },
  { name: 'the own folder', path: 'geo/x.hpp', content: '#include "geo/line.hpp"\n', says: null },
  {
    name: 'a forbidden folder',
    path: 'terrain/x.cpp',
    content: '\n#include "db/pool.hpp"\n',
    says: /terrain\/x\.cpp:2 may not include db\/pool\.hpp: terrain may use core geo/,
  },
  { name: 'a bare name', path: 'geo/x.cpp', content: '#include "line.hpp"\n', says: /folder\/file\.hpp/ },
  { name: 'an unknown folder', path: 'util/x.cpp', content: '', says: /util has no line in layers\.txt/ },
  { name: 'a library in its home', path: 'geo/x.cpp', content: '#include <expat.h>\n', says: null },
  { name: 'a library in a header', path: 'geo/x.hpp', content: '#include <expat.h>\n', says: /belong into \.cpp/ },
  { name: 'a foreign library', path: 'geo/x.cpp', content: '#include <libpq-fe.h>\n', says: /may not include <libpq-fe\.h>/ },
  { name: 'a foreign library folder', path: 'geo/x.cpp', content: '#include <boost/asio.hpp>\n', says: /boost\/asio/ },
];
for (const { name, path, content, says } of layerCases) {
  test(`check-layers: ${name}`, (t) => {
    const folder = sampleFolder(t, { 'layers.txt': layers, [`src/${path}`]: content });
    const { status, output } = run('scripts/check-layers.py', ['--root', folder]);
    assert.equal(status, says ? 1 : 0, output);
    if (says) assert.match(output, says);
  });
}

test('check-layers: folders that may include each other', (t) => {
  const folder = sampleFolder(t, { 'layers.txt': 'core : geo :\ngeo : core :\n', 'src/core/x.hpp': '' });
  const { status, output } = run('scripts/check-layers.py', ['--root', folder]);
  assert.equal(status, 1);
  assert.match(output, /core and geo may include each other/);
});

/** @type {{ name: string, path: string, content: string, fails: boolean }[]} */
const sqlCases = [
  { name: 'a statement in a service', path: 'route/service.cpp', content: 'auto q = "SELECT id FROM route";\n', fails: true },
  { name: 'a raw statement', path: 'api/x.hpp', content: 'auto q = R"sql(\n  INSERT INTO a VALUES (1))sql";\n', fails: true },
  { name: 'a store', path: 'route/route_store.cpp', content: 'auto q = "SELECT id FROM route";\n', fails: false },
  { name: 'the database layer', path: 'db/migrator.cpp', content: 'auto q = "CREATE TABLE a ()";\n', fails: false },
  { name: 'a sentence', path: 'api/x.cpp', content: 'auto s = "Select a route, then update it.";\n', fails: false },
];
for (const { name, path, content, fails } of sqlCases) {
  test(`check-sql-home: ${name}`, (t) => {
    const folder = sampleFolder(t, { [`src/${path}`]: content });
    const { status, output } = run('scripts/check-sql-home.py', ['--root', folder]);
    assert.equal(status, fails ? 1 : 0, output);
  });
}

/** @type {{ name: string, path: string, content: string, says: RegExp | null }[]} */
const wordingCases = [
  { name: 'a literal', path: 'backend/src/a.cpp', content: '\nauto s = "It is safe here.";\n', says: /a\.cpp:2 says "safe"/ },
  { name: 'a literal after a URL', path: 'web/src/a.ts', content: "const a = 'https://x', b = 'Safely down';\n", says: /says "Safely"/ },
  { name: 'text of the companion', path: 'web/src/a.tsx', content: '<p>Don\'t worry, this is SAFE</p>\n', says: /says "SAFE"/ },
  { name: 'a schema', path: 'backend/src/api/schemas/A.json', content: '{"description":"the safest grade"}\n', says: /says "safest"/ },
  { name: 'a comment', path: 'backend/src/a.cpp', content: '// Safe to share between threads.\n/* thread-safe */\n', says: null },
  { name: 'a name', path: 'backend/src/a.cpp', content: 'bool is_safe_to_log = failsafe;\n', says: null },
  { name: 'a value of CSS', path: 'web/src/a.css', content: 'a { padding: env(safe-area-inset-top); }\n', says: null },
];
for (const { name, path, content, says } of wordingCases) {
  test(`check-wording: ${name}`, (t) => {
    const folder = sampleFolder(t, { [`apps/${path}`]: content });
    const { status, output } = run('scripts/check-wording.py', ['--root', folder]);
    assert.equal(status, says ? 1 : 0, output);
    if (says) assert.match(output, says);
  });
}

test('check-wording: the sources as they are', () => {
  const { status, output } = run('scripts/check-wording.py', []);
  assert.equal(status, 0, output);
});

/** @type {{ name: string, path: string, lines: number, status: number, says: RegExp }[]} */
const sizeCases = [
  { name: 'a long file', path: 'a.cpp', lines: 501, status: 1, says: /a\.cpp: 501 lines/ },
  { name: 'a rather long file', path: 'a.cpp', lines: 401, status: 0, says: /warning: a\.cpp: 401 lines/ },
  { name: 'a file at the limit', path: 'a.cpp', lines: 400, status: 0, says: /^file sizes: no file/ },
  { name: 'long data', path: 'tests/golden/a.cpp', lines: 900, status: 0, says: /^file sizes: no file/ },
];
for (const { name, path, lines, status, says } of sizeCases) {
  test(`check-file-sizes: ${name}`, (t) => {
    const folder = sampleFolder(t, { [path]: 'x\n'.repeat(lines) });
    execFileSync('git', ['init', '-q', folder]);
    const result = run('scripts/check-file-sizes.py', ['--root', folder]);
    assert.equal(result.status, status, result.output);
    assert.match(result.output, says);
  });
}

/** @type {{ name: string, content: string, fails: boolean }[]} */
const headerCases = [
  { name: 'a header that includes what it uses', content: '#pragma once\n#include <string>\nstd::string f();\n', fails: false },
  { name: 'a header that does not', content: '#pragma once\nstd::string f();\n', fails: true },
];
for (const { name, content, fails } of headerCases) {
  test(`check-headers: ${name}`, (t) => {
    const folder = sampleFolder(t, { 'src/core/x.hpp': content, 'src/core/x.cpp': '' });
    const file = join(folder, 'src/core/x.cpp');
    const commands = JSON.stringify([{ file, directory: folder, command: `g++ -std=c++20 -c -o x.o ${file}` }]);
    const built = sampleFolder(t, { 'compile_commands.json': commands });
    const args = ['--source', join(folder, 'src'), '--cache', join(built, 'cache')];
    args.push('--commands', join(built, 'compile_commands.json'));
    for (const time of ['first', 'cached']) {
      const { status, output } = run('scripts/check-headers.py', args);
      assert.equal(status, fails ? 1 : 0, `${time}: ${output}`);
    }
  });
}

test('check-headers: a header is looked at again when what it includes changed', (t) => {
  const folder = sampleFolder(t, {
    'src/core/a.hpp': '#pragma once\n#include "core/b.hpp"\nB f();\n',
    'src/core/b.hpp': '#pragma once\nstruct B {};\n',
    'src/core/x.cpp': '',
  });
  const source = join(folder, 'src');
  const file = join(source, 'core/x.cpp');
  const command = `g++ -std=c++20 -I${source} -c -o x.o ${file}`;
  const built = sampleFolder(t, { 'compile_commands.json': JSON.stringify([{ file, directory: folder, command }]) });
  const args = ['--source', source, '--cache', join(built, 'cache'), '--commands', join(built, 'compile_commands.json')];
  assert.equal(run('scripts/check-headers.py', args).status, 0);
  execFileSync('sed', ['-i', 's/B {}/C {}/', join(source, 'core/b.hpp')]);
  assert.equal(run('scripts/check-headers.py', args).status, 1);
});

test('check-format: an unformatted file', (t) => {
  const folder = sampleFolder(t, { 'bad.cpp': 'int  f( ){return 1;}\n', 'good.cpp': 'int f() { return 1; }\n' });
  assert.equal(run('scripts/check-format.sh', [join(folder, 'good.cpp')]).status, 0);
  const { status, output } = run('scripts/check-format.sh', [join(folder, 'bad.cpp')]);
  assert.equal(status, 1);
  assert.match(output, /bad\.cpp: not formatted/);
});

test('check-shell: an unquoted variable', (t) => {
  const folder = sampleFolder(t, {
    'bad.sh': '#!/usr/bin/env bash\nrm $1\n',
    'good.sh': '#!/usr/bin/env bash\nrm "$1"\n',
  });
  assert.equal(run('scripts/check-shell.sh', [join(folder, 'good.sh')]).status, 0);
  assert.equal(run('scripts/check-shell.sh', [join(folder, 'bad.sh')]).status, 1);
});
