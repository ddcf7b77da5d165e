// What a program does with the native API, through a client whose types are generated from its description. Takes the
// address of a server with the demo data.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './generated/native.js';

type Customer = components['schemas']['Customer'];

// Trials have another type: what is answered here is always the record.
const api = createClient<paths, 'application/json' | 'application/problem+json'>({
  baseUrl: process.argv[2] ?? 'http://127.0.0.1:7263',
  headers: { authorization: 'Bearer demo-admin-token' },
});

const username = `ada-${Date.now()}`;
const created = await api.POST('/v1/customers', {
  params: { header: { 'Idempotency-Key': username } },
  body: { first_name: 'Ada', last_name: 'Lovelace', username, emails: ['ada@example.com'], address: { city: 'London' } },
});
assert.equal(created.response.status, 201);
const customer: Customer = created.data!;
const { id } = customer;
assert.ok(created.response.headers.get('location')!.endsWith(`/v1/customers/${id}`));

const path = { id };
const read = await api.GET('/v1/customers/{id}', { params: { path } });
assert.deepEqual(read.data, customer);
const tag = read.response.headers.get('etag')!;

const changed = await api.PATCH('/v1/customers/{id}', {
  params: { path, header: { 'If-Match': tag } },
  body: { phone: '021 555', address: { city: null } },
});
assert.deepEqual(
  [changed.data?.version, changed.data?.phone, changed.data?.address?.city],
  [customer.version + 1, '021 555', null],
);
const stale = await api.PATCH('/v1/customers/{id}', {
  params: { path, header: { 'If-Match': tag } },
  body: { phone: '1' },
});
assert.deepEqual([stale.response.status, stale.error?.code], [412, 'conflict']);

const ids: number[] = [];
let cursor: string | undefined;
do {
  const page = await api.GET('/v1/customers', {
    params: { query: { filter: 'status = active', sort: '-id', limit: 2, cursor } },
  });
  ids.push(...page.data!.data.map((one) => one.id));
  cursor = page.data!.next_cursor ?? undefined;
} while (cursor !== undefined);
assert.ok(ids.length > 2 && ids[0] === id && new Set(ids).size === ids.length, String(ids));

const history = await api.GET('/v1/customers/{id}/history', { params: { path } });
const newest = history.data!.data[0]!;
assert.equal(newest.origin.operation, 'update_customer');
assert.deepEqual(newest.changes.map((change) => change.field), ['phone', 'address.city']);

const ticket = await api.POST('/v1/tickets', { body: { title: 'Cannot log in', customer: id } });
const answer = await api.POST('/v1/tickets/{id}/messages', {
  params: { path: { id: ticket.data!.id } },
  body: { text: 'Try again now.', external: true },
});
assert.deepEqual([answer.response.status, answer.data?.ticket], [201, ticket.data!.id]);

const deleted = await api.DELETE('/v1/customers/{id}', { params: { path } });
assert.equal(deleted.data?.status, 'deleted');

// The other resources of the demo, each made, read, listed, changed, deleted and brought back in one way: through the types
// of one of them.
type Resource = '/v1/companies';
const unique = `u-${Date.now()}`;
const resources: [string, object, object][] = [
  ['companies', { name: 'Fjord AS' }, { phone: '1' }],
  ['categories', { name: 'Printers', external: true }, { name: 'Printing' }],
  ['priorities', { name: 'Soon', sort_order: 25 }, { sort_order: 26 }],
  ['extra_fields', { domain: 'customer', number: 9, name: 'Size', shape: 'integer' }, { name: 'Length' }],
  ['users', { username: unique, name: 'Kari', role: 'agent' }, { role: 'viewer' }],
  ['tickets', { title: 'Slow', customer: 191, category: 23, priority: 2 }, { title: 'Fast' }],
  ['messages', { ticket: 500, text: 'Hello' }, { text: 'Goodbye' }],
  ['languages', { name: 'Nynorsk', code: 'nn' }, { name: 'Norsk' }],
];
for (const [many, made, changes] of resources) {
  const all = `/v1/${many}` as Resource;
  const one = `/v1/${many}/{id}` as `${Resource}/{id}`;
  const fresh = (await api.POST(all, { body: made })).data!;
  assert.deepEqual({ ...fresh, ...made }, fresh, many);
  const params = { path: { id: fresh.id } };
  const changed = (await api.PATCH(one, { params, body: changes })).data!;
  assert.deepEqual({ ...changed, ...changes }, changed, many);
  assert.deepEqual((await api.GET(one, { params })).data, changed);
  const query = { filter: `id = ${fresh.id}` };
  assert.deepEqual((await api.GET(all, { params: { query } })).data!.data, [changed]);
  assert.equal((await api.DELETE(one, { params })).data!.version, changed.version + 1);
  assert.deepEqual((await api.GET(all, { params: { query } })).data!.data, []);
  const back = (await api.POST(`${one}/restore` as `${Resource}/{id}/restore`, { params })).data!;
  assert.deepEqual({ ...back, ...changes }, back, many);
}

const missing = await api.GET('/v1/customers/{id}', { params: { path: { id: 999_999 } } });
assert.deepEqual([missing.response.status, missing.error?.code], [404, 'not_found']);
const wrong = await api.POST('/v1/customers', { body: { emails: ['nobody'] } });
assert.deepEqual([wrong.error?.code, wrong.error?.errors[0]?.pointer], ['invalid', '/emails']);
console.log(`customer ${id}: as described`);
