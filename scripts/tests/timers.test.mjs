// The systemd units: systemd itself finds no fault in them, and a failure is told.
// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository, run, sampleFolder } from './sample.mjs';

const folder = join(repository, 'infra/systemd');
const units = readdirSync(folder);

/** Copies the units for a checkout at the repository. @param {import('node:test').TestContext} t */
function installed(t) {
  const copy = sampleFolder(t, {});
  for (const unit of units) {
    const text = readFileSync(join(folder, unit), 'utf8').replaceAll('/opt/aspectavy', repository.replace(/\/$/, ''));
    writeFileSync(join(copy, unit.replace('@.', '@production-bundled.')), text);
    writeFileSync(join(copy, unit), text);
  }
  return copy;
}

test('systemd finds no fault in the units', (t) => {
  const copy = installed(t);
  const instances = readdirSync(copy).filter((name) => name.includes('@production-bundled.'));
  assert.equal(instances.length, 5);
  const { status, output } = run('systemd-analyze', ['verify', '--man=no', ...instances.map((name) => join(copy, name))]);
  // What it says about other units of this machine is not ours.
  assert.doesNotMatch(output, /aspectavy/);
  assert.equal(status, 0, output);
});

test('systemd finds a fault where there is one', (t) => {
  const copy = installed(t);
  const unit = join(copy, 'aspectavy-backup@production-bundled.service');
  writeFileSync(unit, readFileSync(unit, 'utf8').replace('backup-postgres.sh', 'no-such-script.sh'));
  const { status, output } = run('systemd-analyze', ['verify', '--man=no', unit]);
  assert.notEqual(status, 0);
  assert.match(output, /no-such-script\.sh/);
});

for (const unit of units.filter((name) => name.endsWith('.timer'))) {
  test(`${unit} has a time, catches up, and a service`, () => {
    const text = readFileSync(join(folder, unit), 'utf8');
    const time = /^OnCalendar=(.*)$/m.exec(text)?.[1] ?? '';
    assert.equal(run('systemd-analyze', ['calendar', time]).status, 0, time);
    assert.match(text, /^Persistent=true$/m);
    assert.ok(units.includes(unit.replace('.timer', '.service')));
  });
}

for (const unit of units.filter((name) => /^aspectavy-(backup|verify-backup)@\.service$/.test(name))) {
  test(`${unit} tells its failure`, () => {
    assert.match(readFileSync(join(folder, unit), 'utf8'), /^OnFailure=aspectavy-alert@%n\.service$/m);
  });
}

/** @param {import('node:test').TestContext} t @param {string} [command] */
function alert(t, command) {
  const bench = sampleFolder(t, {
    'bin/logger': '#!/bin/sh\necho "$*" >>"$OUT/log"\n',
    'bin/journalctl': '#!/bin/sh\necho "error: disk: it is full"\n',
  });
  run('chmod', ['+x', join(bench, 'bin/logger'), join(bench, 'bin/journalctl')]);
  const env = { PATH: `${join(bench, 'bin')}:/usr/bin:/bin`, OUT: bench, ...(command ? { ALERT_COMMAND: command } : {}) };
  const result = run('scripts/alert-failed-unit.sh', ['aspectavy-backup@local.service'], { env });
  return { ...result, log: readFileSync(join(bench, 'log'), 'utf8'), bench };
}

test('an alert goes to the system log and to the command, with the last lines', (t) => {
  const { status, output, log, bench } = alert(t, 'cat >"$OUT/mail"');
  assert.equal(status, 0, output);
  assert.equal(log, '--priority daemon.crit --tag aspectavy aspectavy-backup@local.service failed\n');
  assert.match(readFileSync(join(bench, 'mail'), 'utf8'), /^aspectavy-backup@local\.service failed on .*\n\nerror: disk: it is full/);
});

test('an alert without a command is in the system log; one whose command fails has failed', (t) => {
  assert.equal(alert(t).status, 0);
  const { status, output } = alert(t, 'false');
  assert.equal(status, 1);
  assert.match(output, /error: alert: ALERT_COMMAND failed for aspectavy-backup@local\.service/);
});
