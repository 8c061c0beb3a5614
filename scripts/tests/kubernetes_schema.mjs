// Holds Kubernetes objects against the published API: required members and types by the validators of kubernetes-models,
// unknown members by its TypeScript types.
// @ts-check
import { createRequire } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';
import { repository } from './sample.mjs';

const require = createRequire(import.meta.url);

/** @typedef {{ apiVersion: string, kind: string, metadata: any, spec?: any, [member: string]: any }} Manifest */

/** The module of a kind; the core group has no folder of its own. @param {Manifest} manifest */
function moduleOf({ apiVersion }) {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return ['kubernetes-models', group, version].filter(Boolean).join('/');
}

/** Missing members and wrong types. @param {Manifest} manifest @returns {string[]} */
function structuralFaults(manifest) {
  const Model = require(moduleOf(manifest))[manifest.kind];
  if (!Model) return [`${manifest.apiVersion} has no kind ${manifest.kind}`];
  try {
    new Model(manifest).validate();
    return [];
  } catch (error) {
    const text = error instanceof Error ? error.message : `${error}`;
    return text.split('\n').map((line) => `${manifest.kind} ${manifest.metadata?.name}: ${line}`);
  }
}

/** What the types refuse, above all members that do not exist. @param {Manifest[]} manifests @returns {string[]} */
function typeFaults(manifests) {
  const file = join(repository, 'scripts/tests/rendered-manifests.ts');
  const text = manifests
    .map((manifest, i) => {
      const type = `import('${moduleOf(manifest)}').I${manifest.kind}`;
      return `export const manifest${i}: ${type} = ${JSON.stringify(manifest)};`;
    })
    .join('\n');
  const options = {
    module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true, noEmit: true, skipLibCheck: true, types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile.call(host, name, ...rest);
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText, start = 0 }) => {
      const manifest = manifests[text.slice(0, start).split('\n').length - 1];
      return `${manifest?.kind} ${manifest?.metadata?.name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}

/** Everything that the API would refuse about these objects. @param {Manifest[]} manifests @returns {string[]} */
export function schemaFaults(manifests) {
  const structural = manifests.flatMap(structuralFaults);
  return structural.length > 0 ? structural : typeFaults(manifests);
}
