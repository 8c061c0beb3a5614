// Releases for deployment tests: small images on the backend image under test, each with a commit of its own. Faults are
// in these images, never in the product.
// @ts-check
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, succeed } from './process.mjs';
import { images } from './stack.mjs';

/**
 * What a faulty release does instead of its program, by the program's arguments; shell text for a case statement.
 * @typedef {Record<string, string>} Faults
 */

/** @typedef {{ sha: string, tag: string }} Release */

/** An image name for the releases of one test, as BACKEND_IMAGE: a deployment removes older images of its name. */
export const releaseImage = () => `aspectavy-release-${randomBytes(4).toString('hex')}`;

/**
 * Builds a release: the program of the image under test with another commit built in, and faults in front of it.
 * @param {import('node:test').TestContext} test the image is removed after it
 * @param {string} name of the image, from releaseImage
 * @param {string} sha 40 digits
 * @param {Faults} [faults] pattern of all arguments → commands
 * @returns {Promise<Release>}
 */
export async function buildRelease(test, name, sha, faults = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'aspectavy-release-'));
  const tag = sha.slice(0, 12);
  try {
    await writeProgram(join(folder, 'aspectavy'), sha);
    const cases = Object.entries(faults).map(([pattern, commands]) => `  ${pattern}) ${commands} ;;\n`);
    writeFileSync(
      join(folder, 'release'),
      `#!/bin/sh\ncase "$*" in\n${cases.join('')}esac\nexec /usr/local/bin/aspectavy "$@"\n`,
    );
    chmodSync(join(folder, 'release'), 0o755);
    writeFileSync(
      join(folder, 'Dockerfile'),
      [
        `FROM ${images.backend}`,
        'COPY aspectavy release /usr/local/bin/',
        `LABEL org.opencontainers.image.revision=${sha}`,
        'ENTRYPOINT ["/usr/bin/tini", "--", "/usr/local/bin/release"]',
        '',
      ].join('\n'),
    );
    await docker('build', '--quiet', '--tag', `${name}:${tag}`, folder);
    const version = await docker('run', '--rm', '--network', 'none', `${name}:${tag}`, '--version');
    if (!version.includes(`(${tag}`)) throw new Error(`the commit could not be put into the program: ${version}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  test.after(() => docker('image', 'rm', '--force', `${name}:${tag}`).catch(() => {}));
  return { sha, tag };
}

/** The program of the image under test, whose built-in commit is replaced by another of the same length.
 * @param {string} path @param {string} sha */
async function writeProgram(path, sha) {
  const own = /\(([0-9a-f]{12,40})\)/.exec(
    await docker('run', '--rm', '--network', 'none', images.backend, '--version'),
  )?.[1];
  if (!own) throw new Error(`${images.backend} was built without a commit: build it with GIT_SHA set`);
  const container = await docker('create', '--network', 'none', images.backend);
  try {
    await docker('cp', '--quiet', `${container}:/usr/local/bin/aspectavy`, path);
  } finally {
    await docker('rm', container);
  }
  await succeed('sed', ['-i', `s/${own}/${sha.slice(0, own.length)}/g`, path]);
}
