// Meta's official client against the sandbox. Only the base address is changed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import bizSdk from 'facebook-nodejs-business-sdk';

const [base, token, accountId] = process.argv.slice(2);
const { FacebookAdsApi, AdAccount, CustomAudience } = bizSdk;
Object.defineProperty(FacebookAdsApi, 'GRAPH', { get: () => base });
FacebookAdsApi.init(token, 'en_US', false);

const sha256 = text => createHash('sha256').update(text).digest('hex');
const row = name => [sha256(`${name}@shop.example`), ''];
const payload = (...names) => ({ schema: ['EMAIL', 'PHONE'], data: names.map(row) });
const account = new AdAccount(accountId);

const created = await account.createCustomAudience(['id', 'name'], {
  name: 'carts', subtype: 'CUSTOM', description: 'who left one', customer_file_source: 'USER_PROVIDED_ONLY',
});
assert.match(created.id, /^[0-9]+$/);
const audience = new CustomAudience(created.id, { id: created.id });

const added = await audience.createUser(['id'], { payload: payload('ann', 'bob', 'cat') });
assert.equal(Number(added.num_received), 3);
assert.equal(Number(added.num_invalid_entries), 0);

const removed = await audience.deleteUsers({ payload: payload('bob') });
assert.equal(Number(removed.num_received), 1);

// The object that the client created from the response repeats all values that it has read.
const again = await created.createUser(['id', 'name'], { payload: payload('dan') });
assert.equal(Number(again.num_received), 1);

const read = await new CustomAudience(created.id).read(['id', 'name', 'operation_status', 'approximate_count_lower_bound']);
assert.equal(read.name, 'carts');
assert.equal(read.operation_status.code, 200);
// An object that was read and then changed is written with all values that were read.
read.name = 'carts';
await read.createUser([], { payload: payload('eve') });

const replaced = await audience.createUsersReplace(['id'], {
  payload: payload('eve', 'fay'),
  session: { session_id: 7, batch_seq: 1, last_batch_flag: true, estimated_num_total: 2 },
});
assert.equal(Number(replaced.num_received), 2);

// Pages of one item, to the end, by the URLs that the platform returns.
for (const name of ['two', 'three']) {
  await account.createCustomAudience([], { name, subtype: 'CUSTOM', customer_file_source: 'USER_PROVIDED_ONLY' });
}

const names = [];
let page = await account.getCustomAudiences(['id', 'name'], { limit: 2 });
for (;;) {
  assert.ok(page.length <= 2);
  names.push(...page.map(one => one.name));
  if (!page.hasNext()) break;
  page = await page.next();
}
assert.deepEqual([...names].sort(), ['carts', 'three', 'two']);

// A wrong token is refused with the error that the client expects.
await assert.rejects(
  new CustomAudience(created.id, {}, null, new FacebookAdsApi('wrong', 'en_US', false)).read(['id']),
  error => error.name === 'FacebookRequestError' && error.status === 400);

const all = await account.getCustomAudiences(['id', 'name'], {});
const gone = await new CustomAudience(all.find(one => one.name === 'two').id).delete();
assert.equal(gone.success, true);
const left = (await account.getCustomAudiences(['id', 'name'], {})).map(one => one.name);
assert.deepEqual(left.sort(), ['carts', 'three']);

console.log(JSON.stringify({ list: created.id }));
