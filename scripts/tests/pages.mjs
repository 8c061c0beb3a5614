// The pages of docs/operate as the tests of their commands see them.
// @ts-check
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './sample.mjs';

const folder = 'docs/operate';

/**
 * @typedef {object} Fence a fenced block
 * @property {string} info what follows the opening fence: "sh", "sh example", "json", …
 * @property {string} text
 * @property {number} line of its first line in the page
 *
 * @typedef {object} Page
 * @property {string} path in the repository
 * @property {string} text
 * @property {Fence[]} fences
 */

/** @param {string} text @returns {Fence[]} */
export function fencesIn(text) {
  const lines = text.split('\n');
  /** @type {Fence[]} */
  const fences = [];
  for (let i = 0; i < lines.length; i += 1) {
    const opening = /^( *)```(.*)$/.exec(lines[i] ?? '');
    if (!opening) continue;
    const [, indent = '', info = ''] = opening;
    const from = i + 1;
    do i += 1;
    while (i < lines.length && lines[i] !== `${indent}\`\`\``);
    const body = lines.slice(from, i).map((line) => line.slice(indent.length));
    fences.push({ info: info.trim(), text: `${body.join('\n')}\n`, line: from + 1 });
  }
  return fences;
}

/** Every page for operators. @returns {Page[]} */
export function operatePages() {
  return readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(repository, folder, name), 'utf8');
      return { path: `${folder}/${name}`, text, fences: fencesIn(text) };
    });
}

/** The blocks that are run, in order. @param {Page} page */
export const executedFences = (page) => page.fences.filter(({ info }) => info === 'sh');

/** The blocks that only show names: commands for a cluster, a registry or a domain that only the reader has. @param {Page} page */
export const exampleFences = (page) => page.fences.filter(({ info }) => info === 'sh example');

/** The layout that a page finds running: `<!-- test-stack: TARGET -->` in its first line. @param {Page} page */
export function stackOf(page) {
  return /^<!-- test-stack: ([a-z-]+) -->\n/.exec(page.text)?.[1];
}

/** The simple commands of a shell text, each as words; quotes are not taken off. @param {string} text @returns {string[][]} */
export function commandsIn(text) {
  const withoutHereDocuments = text.replace(/<<'?(\w+)'?(.*)\n[\s\S]*?\n\1\n/g, '$2\n');
  return withoutHereDocuments
    .replace(/\\\n\s*/g, ' ')
    .split(/\n|\|\||&&|[|;&]|\$\(|\bif\b|\bthen\b|\bdo\b/)
    .map((command) => command.replace(/(^|\s)#.*$/, '').trim().split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word)))
    .filter((words) => words[0]);
}

/** Words that are options, without their values. @param {string[]} words */
export const optionsIn = (words) => words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.split('=')[0] ?? '');

/** The anchors of a page's headings, as forges make them. @param {string} text */
export function anchorsIn(text) {
  const outside = text.replace(/^ *```[\s\S]*?^ *```$/gm, '');
  return [...outside.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title ?? '').toLowerCase().replace(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-'),
  );
}
