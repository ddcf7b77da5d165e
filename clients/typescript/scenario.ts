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

const missing = await api.GET('/v1/customers/{id}', { params: { path: { id: 999_999 } } });
assert.deepEqual([missing.response.status, missing.error?.code], [404, 'not_found']);
const wrong = await api.POST('/v1/customers', { body: { emails: ['nobody'] } });
assert.deepEqual([wrong.error?.code, wrong.error?.errors[0]?.pointer], ['invalid', '/emails']);
console.log(`customer ${id}: as described`);
