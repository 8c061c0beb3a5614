// The pages of docs: their links lead somewhere, no command can hide from the tests, and the examples that cannot be run
// here name only scripts and options that exist. The other commands are run by scripts/ci/tests/docs.test.mjs.
// @ts-check
import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';
import { anchorsIn, commandsIn, exampleFences, fencesIn, operatePages, optionsIn } from './pages.mjs';
import { repository, run } from './sample.mjs';

/** Info strings of fences. Another name for a shell would hide its commands. */
const languages = ['sh', 'sh example', 'json', 'yaml', 'sql', 'ini', 'text', 'caddy', 'xml', 'http'];

/** Code by indentation: four blanks after an empty line, outside of lists and fences. @param {string} text */
function indentedCode(text) {
  const outside = text.replace(/^ *```[\s\S]*?^ *```$/gm, '');
  let inList = false;
  let previous = '';
  /** @type {string[]} */
  const found = [];
  for (const line of outside.split('\n')) {
    if (/^(\s*)([-*]|\d+\.) /.test(line)) inList = true;
    else if (/^\S/.test(line)) inList = false;
    if (!inList && previous.trim() === '' && /^ {4}\S/.test(line)) found.push(line);
    previous = line;
  }
  return found;
}

for (const page of operatePages()) {
  describe(page.path, () => {
    test('has only fences of known languages, and no code by indentation', () => {
      assert.deepEqual(page.fences.filter(({ info }) => !languages.includes(info)).map(({ info, line }) => `${line}: "${info}"`), []);
      assert.deepEqual(indentedCode(page.text), []);
    });

    test('has examples in the language of bash, with scripts and options that exist', () => {
      for (const { text, line } of exampleFences(page)) {
        const { status, output } = run('bash', ['-n'], { input: text });
        assert.equal(status, 0, `line ${line}: ${output}`);
        for (const words of commandsIn(text)) checkScript(words, line);
      }
    });
  });
}

/** @type {Map<string, string>} */
const helpTexts = new Map();

/** @param {string} script */
function helpOf(script) {
  const known = helpTexts.get(script);
  if (known !== undefined) return known;
  const { status, output } = run(script, ['--help']);
  assert.equal(status, 0, `${script} --help: ${output}`);
  helpTexts.set(script, output);
  return output;
}

/** @param {string[]} words @param {number} line */
function checkScript(words, line) {
  const script = words.find((word) => /^(\.\/)?scripts\/[\w/-]+\.\w+$/.test(word));
  if (!script) return;
  assert.ok(existsSync(join(repository, script)), `line ${line}: there is no ${script}`);
  accessSync(join(repository, script), constants.X_OK);
  for (const option of optionsIn(words)) assert.ok(helpOf(script).includes(option), `line ${line}: ${script} has no ${option}`);
}

/** @param {string} path @returns {string[]} */
function pagesBelow(path) {
  if (!statSync(join(repository, path)).isDirectory()) return path.endsWith('.md') ? [path] : [];
  return readdirSync(join(repository, path)).flatMap((name) => pagesBelow(join(path, name)));
}

test('every link of the pages leads to a file, and to a heading of it', () => {
  const broken = [...pagesBelow('docs'), 'README.md', 'CONTRIBUTING.md'].flatMap((path) => {
    const text = readFileSync(join(repository, path), 'utf8').replace(/^ *```[\s\S]*?^ *```$/gm, '');
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const found = file === '' ? path : normalize(join(dirname(path), file));
        if (!existsSync(join(repository, found))) return true;
        return anchor !== undefined && found.endsWith('.md') && !anchorsIn(readFileSync(join(repository, found), 'utf8')).includes(anchor);
      })
      .map((target) => `${path}: ${target}`);
  });
  assert.deepEqual(broken, []);
});

describe('the reader of pages', () => {
  const sample = 'a\n\n```sh\none \\\n  --two\n```\n\n- list\n\n  ```sh example\n  three\n  ```\n';

  test('finds fences, also within lists', () => {
    assert.deepEqual(fencesIn(sample), [
      { info: 'sh', text: 'one \\\n  --two\n', line: 4 },
      { info: 'sh example', text: 'three\n', line: 11 },
    ]);
  });

  test('finds the commands of a text', () => {
    assert.deepEqual(commandsIn("A=1 one \\\n  --two=3 | four # five\nsix <<'SQL'\nSELECT;\nSQL\nx=$(seven)\n"), [
      ['one', '--two=3'], ['four'], ['six'], ['x='], ['seven)'],
    ]);
    assert.deepEqual(optionsIn(['one', '--two=3', '-f', '--four']), ['--two', '--four']);
  });

  test('finds code by indentation, but not what belongs to a list', () => {
    assert.deepEqual(indentedCode('a\n\n    rm -r x\n\n1. one\n\n    two\n\nb\n'), ['    rm -r x']);
  });
});
