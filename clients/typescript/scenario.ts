// What a program does with the native API, through a client whose types are generated from its description: every
// operation that the description names. Takes the address of a server with the demo data.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './generated/native.js';

type Customer = components['schemas']['Customer'];

// Trials have another type: what is answered here is always the record.
const api = createClient<paths, 'application/json' | 'application/problem+json'>({
  baseUrl: process.argv[2] ?? 'http://127.0.0.1:7263',
  headers: { authorization: 'Bearer demo-admin-token' },
});

const called = new Set<string>();
api.use({
  onRequest({ request, schemaPath }) {
    called.add(`${request.method} ${schemaPath}`);
  },
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

/** What was answered, which must have that status. */
function good<T>({ response, data, error }: { response: Response; data?: T; error?: unknown }, status = 200): T {
  assert.equal(response.status, status, JSON.stringify(error));
  return data!;
}
const at = (id: number) => ({ params: { path: { id } } });

// Every resource, each made, read, listed, changed, replaced, deleted and brought back in one way: through the types of
// one of them.
type Resource = '/v1/companies';
const unique = `u-${Date.now()}`;
const table = good(await api.POST('/v1/extra_tables', { body: { name: `Servers ${unique}` } }), 201);
const column = { domain: 'extra_row', table: table.id, number: 1, name: 'Host', shape: 'text' } as const;
good(await api.POST('/v1/extra_fields', { body: column }), 201);
const resources: [string, object, Record<string, unknown>][] = [
  ['customers', { name: 'Løvås', custom1: 'gold' }, { phone: '1' }],
  ['accounts', { name: `Search ${unique}`, customer: 100 }, { name: `Shop ${unique}` }],
  ['companies', { name: 'Fjord AS' }, { phone: '1' }],
  ['categories', { name: 'Printers', external: true }, { name: 'Printing' }],
  ['priorities', { name: 'Soon', sort_order: 25 }, { sort_order: 26 }],
  ['extra_fields', { domain: 'customer', number: 9, name: 'Size', shape: 'integer' }, { name: 'Length' }],
  ['users', { username: unique, name: 'Kari', role: 'agent' }, { role: 'viewer' }],
  ['keys', { username: unique, role: 'viewer' }, { role: 'agent' }],
  ['tickets', { title: 'Slow', customer: 191, category: 23, priority: 2 }, { title: 'Fast' }],
  ['messages', { ticket: 500, text: 'Hello' }, { text: 'Goodbye' }],
  ['languages', { name: 'Nynorsk', code: 'nn' }, { name: 'Norsk' }],
  ['extra_tables', { name: `Hosts ${unique}` }, { name: `Machines ${unique}` }],
  ['extra_rows', { table: table.id, custom1: 'alpha' }, { custom1: 'beta' }],
  ['webhooks', { url: 'https://crm.example/hook' }, { name: 'crm' }],
];
for (const [many, made, changes] of resources) {
  const all = `/v1/${many}` as Resource;
  const one = `/v1/${many}/{id}` as `${Resource}/{id}`;
  const fresh = good(await api.POST(all, { body: made }), 201);
  assert.deepEqual({ ...fresh, ...made }, fresh, many);
  const params = { path: { id: fresh.id } };
  const changed = good(await api.PATCH(one, { params, body: changes }));
  assert.deepEqual({ ...changed, ...changes }, changed, many);
  assert.deepEqual(good(await api.GET(one, { params })), changed);
  const query = { filter: `id = ${fresh.id}` };
  assert.deepEqual(good(await api.GET(all, { params: { query } })).data, [changed]);
  const whole = !['keys', 'webhooks'].includes(many);
  if (whole) assert.deepEqual(good(await api.PUT(one, { params, body: changed })), changed);
  assert.equal(good(await api.DELETE(one, { params })).version, changed.version + 1);
  assert.deepEqual(good(await api.GET(all, { params: { query } })).data, []);
  if (whole) {
    const back = good(await api.POST(`${one}/restore` as `${Resource}/{id}/restore`, { params }));
    assert.deepEqual({ ...back, ...changes }, back, many);
    const [field] = Object.keys(changes) as [keyof typeof fresh & string];
    const revert = `${one}/revert` as `${Resource}/{id}/revert`;
    const before = good(await api.POST(revert, { params, body: { field, before_version: 2 } }));
    assert.deepEqual(before[field], fresh[field], many);
  }
  const told = good(await api.GET(`${one}/history` as `${Resource}/{id}/history`, { params })).data;
  assert.equal(told.length, told[0]!.version, many);
}

// What is special to some.
good(await api.POST('/v1/customers/{id}/restore', at(id)));
const bulk = { items: [{ op: 'patch' as const, id, value: { note: 'in bulk' } }] };
assert.equal(good(await api.POST('/v1/customers/bulk', { body: bulk })).results[0]?.id, id);
const row = { line: 2, values: { id: String(id), note: 'out of a file' } };
const imported = { as: 'native' as const, match: ['id' as const], rows: [row] };
assert.deepEqual(good(await api.POST('/v1/customers/import', { body: imported })).results[0]?.fields, ['note']);
const other = good(await api.POST('/v1/customers', { body: { note: 'twice', mobile_phone: '2' } }), 201).id;
good(await api.POST('/v1/tickets', { body: { title: 'Moves', customer: other } }), 201);
const merged = good(await api.POST('/v1/customers/{id}/merge', { ...at(id), body: { customer: other } }));
assert.equal(merged.mobile_phone, '2');
assert.equal(good(await api.GET('/v1/customers/{id}/tickets', at(id))).data.length, 2);
good(await api.POST('/v1/customers/{id}/undo-merge', at(other)));
assert.equal(good(await api.GET('/v1/customers/{id}/tickets', at(other))).data[0]?.title, 'Moves');

const opened = ticket.data!.id;
assert.equal(good(await api.GET('/v1/tickets/{id}/messages', at(opened))).data[0]?.text, 'Try again now.');
assert.equal(good(await api.GET('/v1/me')).name, 'demo-admin');
const admins = await api.GET('/v1/users', { params: { query: { filter: 'username = admin' } } });
const owner = good(admins).data[0]!.id;
good(await api.PATCH('/v1/tickets/{id}', { ...at(opened), body: { owner } }));
good(await api.POST('/v1/tickets/{id}/read', at(opened)));

assert.ok(good(await api.GET('/v1/users/{id}/active_tickets', at(owner))).data.some((one) => one.ticket === opened));
// Notifications are a user's, and this is a key.
good(await api.POST('/v1/notifications/allocate', { body: { source: 'scenario' } }), 403);
good(await api.POST('/v1/notifications/take', { body: { key: 'none' } }), 423);
const password = { username: 'johndoe', password: 'not his' };
assert.equal(good(await api.POST('/v1/customers/check-password', { body: password })).customer, null);
good(await api.POST('/v1/customers/{id}/send-password', at(id)), 422);
const own = await (await fetch(new URL('/scripts/SOAP?action=admin', process.argv[2]))).text();
const text = own.replaceAll('urn:admin', 'urn:old');
const learned = good(await api.POST('/v1/wsdls', { body: { dialect: 'superoffice', text } }));
assert.deepEqual([learned.port, learned.differences], ['admin', []]);
assert.equal(good(await api.GET('/v1/wsdls/{id}', at(learned.id))).text, text);
assert.ok(good(await api.GET('/v1/wsdls')).data.some((one) => one.id === learned.id));
good(await api.DELETE('/v1/wsdls/{id}', at(learned.id)));
assert.ok(good(await api.GET('/v1/wsdls/{id}/history', at(learned.id))).data.length >= 2);

const bytes = new Uint8Array([0, 97, 255]);
const stored = await api.POST('/v1/attachments', {
  params: { query: { name: 'any.bin' } },
  headers: { 'content-type': 'application/octet-stream' },
  body: bytes as unknown as string,
  bodySerializer: (body: unknown) => body as BodyInit,
});
const file = good(stored, 201).id;
const content = await api.GET('/v1/attachments/{id}/content', { ...at(file), parseAs: 'arrayBuffer' });
assert.deepEqual(new Uint8Array(good(content) as unknown as ArrayBuffer), bytes);
good(await api.PATCH('/v1/attachments/{id}', { ...at(file), body: { name: 'some.bin' } }));
assert.equal(good(await api.GET('/v1/attachments/{id}', at(file))).name, 'some.bin');
assert.ok(good(await api.GET('/v1/attachments')).data.some((one) => one.id === file));
good(await api.DELETE('/v1/attachments/{id}', at(file)));
assert.equal(good(await api.GET('/v1/attachments/{id}/history', at(file))).data.length, 3);

const key = good(await api.POST('/v1/keys', { body: { username: `robot-${unique}`, role: 'viewer' } }), 201);
assert.notEqual(good(await api.POST('/v1/keys/{id}/rotate', { ...at(key.id), body: { overlap_seconds: 60 } })).key, key.key);
const token = good(await api.POST('/v1/tokens', { body: { user: owner } }), 201);
assert.equal(good(await api.GET('/v1/tokens/{id}', at(token.id))).user, owner);
good(await api.GET('/v1/tokens'));
good(await api.DELETE('/v1/tokens/{id}', at(token.id)), 204);
good(await api.GET('/v1/sessions'));
good(await api.DELETE('/v1/sessions/{id}', at(2_000_000_000)), 404);

const tenant = good(await api.POST('/v1/tenants', { body: { name: `t${Date.now()}` } }), 201).id;
const hosts = [`${unique}.example`];
good(await api.PATCH('/v1/tenants/{id}', { ...at(tenant), body: { hosts } }));
assert.deepEqual(good(await api.GET('/v1/tenants/{id}', at(tenant))).hosts, hosts);
good(await api.GET('/v1/tenants'));
assert.equal(good(await api.GET('/v1/tenants/{id}/history', at(tenant))).data.length, 2);
const settings = good(await api.GET('/v1/settings'));
assert.deepEqual(good(await api.PATCH('/v1/settings', { body: { hosts: settings.hosts } })), settings);

const events = await api.GET('/v1/events', { params: { query: { limit: 3, kind: 'customer' } }, parseAs: 'text' });
assert.equal((good(events) as unknown as string).trim().split('\n').length, 3);
const hook = good(await api.POST('/v1/webhooks', { body: { url: 'https://127.0.0.1:1/hook' } }), 201);
assert.notEqual(good(await api.POST('/v1/webhooks/{id}/rotate-secret', at(hook.id))).secret, hook.secret);
assert.equal(good(await api.POST('/v1/webhooks/{id}/test', at(hook.id))).delivered, false);
const after = good(await api.GET('/v1/webhooks/{id}/delivery', at(hook.id))).cursor!;
good(await api.POST('/v1/webhooks/{id}/replay', { ...at(hook.id), body: { after } }));
assert.deepEqual(good(await api.GET('/v1/webhooks/{id}/dead-letters', at(hook.id))).data, []);
const letter = { params: { path: { id: hook.id, letter: '1' } } };
good(await api.POST('/v1/webhooks/{id}/dead-letters/{letter}/replay', letter), 404);
good(await api.DELETE('/v1/webhooks/{id}/dead-letters/{letter}', letter), 404);
good(await api.DELETE('/v1/webhooks/{id}', at(hook.id)));

assert.equal(good(await api.GET('/v1/customers/{id}/export', at(id))).customer.id, id);
const erased = good(await api.POST('/v1/customers/{id}/erase', at(other)));
assert.equal(erased.data[0]?.customer, other);
good(await api.POST('/v1/retention/run', { params: { query: { dry_run: true } } }));
const entries = good(await api.GET('/v1/audit_entries', { params: { query: { sort: '-id' } } })).data;
assert.deepEqual(entries.slice(0, 3).map((entry) => entry.action), ['erase', 'export', 'undo_merge']);
assert.equal(good(await api.GET('/v1/audit_entries/{id}', at(entries[0]!.id))).subject, other);
good(await api.GET('/v1/audit_entries/{id}/history', at(entries[0]!.id)));

const missing = await api.GET('/v1/customers/{id}', { params: { path: { id: 999_999 } } });
assert.deepEqual([missing.response.status, missing.error?.code], [404, 'not_found']);
const wrong = await api.POST('/v1/customers', { body: { emails: ['nobody'] } });
assert.deepEqual([wrong.error?.code, wrong.error?.errors[0]?.pointer], ['invalid', '/emails']);
const description = await (await fetch(new URL('/openapi.json', process.argv[2]))).json();
const expected = Object.entries(description.paths as Record<string, object>).flatMap(([path, item]) =>
  Object.keys(item).filter((verb) => verb !== 'parameters').map((verb) => `${verb.toUpperCase()} ${path}`),
);
assert.deepEqual(expected.filter((operation) => !called.has(operation)), [], 'not called');
console.log(`customer ${id}, ${expected.length} operations: as described`);
