import { expect, it } from 'vitest';
import {
  addressProblem,
  allowEntriesMax,
  isHostListed,
  parseAllowList,
  publicOnly,
} from './target-policy.ts';

it.each([
  ['http://127.0.0.1/', false],
  ['http://127.1/', false],
  ['http://0x7f.1/', false],
  ['http://2130706433/', false],
  ['http://0177.0.0.1/', false],
  ['http://127.0.0.1./', false],
  ['http://①②⑦.⓪.⓪.①/', false],
  ['http://127。0。0。1/', false],
  ['http://0/', false],
  ['http://[::1]/', false],
  ['http://[::]/', false],
  ['http://[::ffff:127.0.0.1]/', false],
  ['http://[::ffff:a9fe:a9fe]/', false],
  ['http://[::127.0.0.1]/', false],
  ['http://169.254.169.254/latest/meta-data', false],
  ['http://10.0.0.8/', false],
  ['http://172.16.0.1/', false],
  ['http://192.168.1.1/', false],
  ['http://100.64.0.1/', false],
  ['http://192.0.0.192/', false],
  ['http://224.0.0.1/', false],
  ['http://255.255.255.255/', false],
  ['http://[fd00::1]/', false],
  ['http://[fe80::1]/', false],
  ['http://[fec0::1]/', false],
  ['http://[64:ff9b::7f00:1]/', false],
  ['http://[64:ff9b::a9fe:a9fe]/', false],
  ['http://[64:ff9b:1::1]/', false],
  ['http://[2002:7f00:1::]/', false],
  ['http://[2001::1]/', false],
  ['http://8.8.8.8/', true],
  ['http://[2606:4700::1111]/', true],
  ['http://[::ffff:8.8.8.8]/', true],
])('%s is public: %s', (address, isPublic) => {
  expect(addressProblem(new URL(address).hostname, publicOnly) === undefined).toBe(isPublic);
});

it.each([
  ['127.0.0.1', true],
  ['10.0.0.8', true],
  ['fd00::1', true],
  ['100.64.0.1', true],
  ['169.254.169.254', false],
  ['fe80::1', false],
  ['fd00:ec2::254', false],
  ['100.100.100.200', false],
  ['0.0.0.0', false],
  ['64:ff9b::7f00:1', false],
  ['224.0.0.1', false],
])('a neighbour may be reached where private addresses are allowed: %s %s', (address, isAllowed) => {
  expect(addressProblem(address, { isPrivateAllowed: true, allowed: [] }) === undefined).toBe(isAllowed);
});

const listed = parseAllowList(
  '10.1.0.0/16, fd00:5::/32 ,127.0.0.1, Alerts.Internal.:9093,[fd00::7]:80, hook',
);

it.each([
  ['10.1.2.3', true],
  ['::ffff:10.1.2.3', true],
  ['10.2.0.1', false],
  ['fd00:5::1', true],
  ['fd00:6::1', false],
  ['127.0.0.1', true],
  ['127.0.0.2', false],
])('the range list lets %s through: %s', (address, isAllowed) => {
  const problem = addressProblem(address, { isPrivateAllowed: false, allowed: listed.entries });
  expect(problem === undefined).toBe(isAllowed);
});

it.each([
  ['alerts.internal', 9093, true],
  ['ALERTS.internal.', 9093, true],
  ['alerts.internal', 80, false],
  ['x.alerts.internal', 9093, false],
  ['[fd00::7]', 80, true],
  ['[fd00::7]', 81, false],
  ['hook', 12_345, true],
  ['hook.example', 80, false],
])('the host list lets %s:%d through: %s', (host, port, isListed) => {
  expect(isHostListed({ host, port }, { isPrivateAllowed: false, allowed: listed.entries })).toBe(isListed);
});

it.each(['10.0.0.0/33', 'http://x', 'a b', 'x:port', 'user@host', 'host/path', 'x:99999'])(
  'an entry %j is not read',
  (entry) => {
    expect(parseAllowList(`good, ${entry}`)).toMatchObject({ entries: [{ host: 'good' }], unread: [entry] });
  },
);

it('entries over the limit are named, not dropped silently', () => {
  const text = Array.from({ length: allowEntriesMax + 2 }, (_, index) => `host-${index}`).join(',');
  const { entries, unread } = parseAllowList(text);
  expect(entries).toHaveLength(allowEntriesMax);
  expect(unread).toEqual([`host-${allowEntriesMax}`, `host-${allowEntriesMax + 1}`]);
});
