// Which sources the build may compile as one: none that declares a file-local name of which another speaks.
// @ts-check
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository, run, sampleFolder } from './sample.mjs';

/** The groups, as names of files without their folder. @param {string} folder @param {number} size @param {string[]} names */
function groupsOf(folder, size, names) {
  const script = join(repository, 'apps/backend/cmake/join_sources.py');
  const { status, output } = run('python3', [script, String(size), ...names.map((name) => join(folder, name))]);
  assert.equal(status, 0, output);
  /** @type {Record<string, string[]>} */
  const groups = {};
  for (const line of output.trim().split('\n')) {
    const [number = '', path = ''] = line.split(' ');
    (groups[number] ??= []).push(path.slice(folder.length + 1));
  }
  return Object.values(groups);
}

const local = (/** @type {string} */ text) => `namespace a {\nnamespace {\n${text}\n}  // namespace\n}  // namespace a\n`;

/** @type {{ name: string, a: string, b: string, together: boolean }[]} */
const cases = [
  { name: 'nothing local', a: 'void f() {}', b: 'void g() { f(); }', together: true },
  { name: 'two constants of one name', a: local('constexpr int kMax = 3;'), b: local('constexpr long kMax{4};'), together: false },
  { name: 'two types of one name', a: local('class Reader final {\n int x;\n};'), b: local('struct Reader {};'), together: false },
  { name: 'two functions of one name', a: local('int trim(int a) { return a; }'), b: local('long trim(long a) { return a; }'), together: false },
  { name: 'a function that the other would find', a: local('template <typename T>\nbool has(T x) {\n return x;\n}'), b: 'bool y = has(3);', together: false },
  { name: 'an array', a: local('constexpr std::array<int, 2> kAll{1, 2};'), b: 'auto x = kAll;', together: false },
  { name: 'an alias', a: local('using Row = std::vector<int>;'), b: 'Row x;', together: false },
  { name: 'a macro', a: '#define TWICE(x) ((x) * 2)\n', b: 'int TWICE;', together: false },
  { name: 'a variable of a function', a: local('int f() {\n int count = 1;\n return count;\n}'), b: 'int count;', together: true },
  { name: 'a member of the same name', a: local('int size(int a) { return a; }'), b: 'auto x = y.size() + z->size() + Z::size();', together: true },
  { name: 'a name in a comment and in a text', a: local('int trim(int a) { return a; }'), b: '// trim\nauto x = "trim";', together: true },
  { name: 'a name after a brace in a literal', a: local("char f() { return '{'; }\nauto g = R\"(})\";\nint later = 1'000;"), b: 'int x = later;', together: false },
  { name: 'the names of a namespace', a: local('using namespace std::chrono;\nusing core::Error;'), b: local('using core::Error;'), together: true },
  { name: 'tests of any names', a: local('TEST(One, First) {}'), b: local('TEST(Two, First) {}'), together: true },
];
for (const { name, a, b, together } of cases) {
  test(`join_sources: ${name}`, (t) => {
    const folder = sampleFolder(t, { 'a.cpp': a, 'b.cpp': b });
    assert.deepEqual(groupsOf(folder, 8, ['a.cpp', 'b.cpp']), together ? [['a.cpp', 'b.cpp']] : [['a.cpp'], ['b.cpp']]);
    assert.equal(groupsOf(folder, 8, ['b.cpp', 'a.cpp']).length, together ? 1 : 2);
  });
}

test('join_sources: every source once, no group above the size', (t) => {
  const names = [...'abcdefg'].map((letter) => `${letter}.cpp`);
  const folder = sampleFolder(t, Object.fromEntries(names.map((name) => [name, 'int x;'])));
  assert.deepEqual(groupsOf(folder, 3, names), [['a.cpp', 'b.cpp', 'c.cpp'], ['d.cpp', 'e.cpp', 'f.cpp'], ['g.cpp']]);
});
