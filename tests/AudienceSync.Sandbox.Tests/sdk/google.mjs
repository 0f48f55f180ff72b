// Google's official client against the sandbox, over REST. Only the base addresses are changed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';

const [base, refreshToken, accountId, listId] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { IngestionServiceClient, UserListServiceClient } = require('@google-ads/datamanager');
const { UserRefreshClient } = require('google-auth-library');

const { hostname, port, protocol } = new URL(base);
const authClient = new UserRefreshClient({
  clientId: 'sandbox-client', clientSecret: 'sandbox-secret', refreshToken, endpoints: { oauth2TokenUrl: `${base}/token` },
});
const options = { authClient, apiEndpoint: hostname, port: Number(port), protocol: protocol.replace(':', ''), fallback: true };
const members = new IngestionServiceClient(options);
const lists = new UserListServiceClient(options);

const sha256 = text => createHash('sha256').update(text).digest('hex');
const member = (...identifiers) => ({ destinationReferences: ['d'], userData: { userIdentifiers: identifiers } });
const email = name => ({ emailAddress: sha256(`${name}@shop.example`) });
const parent = `accountTypes/GOOGLE_ADS/accounts/${accountId}`;
const to = id => [{ reference: 'd', operatingAccount: { accountType: 'GOOGLE_ADS', accountId }, productDestinationId: id }];

async function ended(requestId) {
  for (let look = 0; look < 100; look++) {
    const [status] = await members.retrieveRequestStatus({ requestId });
    if (status.requestStatusPerDestination[0].requestStatus !== 'PROCESSING') return status.requestStatusPerDestination[0];
    await wait(50);
  }
  throw new Error('The request never ended.');
}

const consent = { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' };
const [added] = await members.ingestAudienceMembers({
  destinations: to(listId),
  audienceMembers: [
    member(email('ann'), { phoneNumber: sha256('+16577770000') }),
    member(email('bob'), { address: { givenName: sha256('bob'), familyName: sha256('doe'), regionCode: 'US', postalCode: '94045' } }),
    { ...member(email('cat')), consent },
  ],
  consent, encoding: 'HEX', termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
});
assert.ok(added.requestId);
const first = await ended(added.requestId);
assert.equal(first.requestStatus, 'SUCCESS');
assert.equal(Number(first.audienceMembersIngestionStatus.userDataIngestionStatus.recordCount), 3);

const [removed] = await members.removeAudienceMembers({
  destinations: to(listId), encoding: 'BASE64',
  audienceMembers: [member({ emailAddress: createHash('sha256').update('bob@shop.example').digest('base64') })],
});
assert.equal((await ended(removed.requestId)).requestStatus, 'SUCCESS');

const names = ['carts', 'a "quoted" name', 'carts of the others'];
const made = [];
for (const displayName of names) {
  const [list] = await lists.createUserList({
    parent,
    userList: {
      displayName, description: 'who left one', membershipStatus: 'OPEN', membershipDuration: { seconds: 7776000 },
      ingestedUserListInfo: { uploadKeyTypes: ['CONTACT_ID'], contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' } },
    },
  });
  assert.equal(list.displayName, displayName);
  assert.equal(Number(list.membershipDuration.seconds), 7776000);
  made.push(list);
}

const find = async filter => (await lists.listUserLists({ parent, filter }))[0].map(list => list.displayName).sort();
assert.deepEqual(await find('display_name = "carts"'), ['carts']);
assert.deepEqual(await find('display_name = "nobody"'), []);
assert.deepEqual(await find('display_name : "carts" AND membership_status = "OPEN"'), ['carts', 'carts of the others']);
assert.deepEqual(await find(`display_name = "a \\"quoted\\" name"`), ['a "quoted" name']);
assert.deepEqual(await find(`id = ${made[0].id} AND ingested_user_list_info.upload_key_types = "CONTACT_ID"`), ['carts']);
await assert.rejects(find('colour = "red"'), error => /INVALID_FILTER|Not a value/.test(JSON.stringify(error) + error.message));

// Reads all pages, one list each.
const paged = [];
for await (const list of lists.listUserListsAsync({ parent, pageSize: 1 })) paged.push(list.displayName);
assert.equal(paged.length, names.length + 1);

const [read] = await lists.getUserList({ name: made[0].name });
assert.equal(String(read.id), String(made[0].id));
await assert.rejects(
  lists.createUserList({ parent, userList: { displayName: 'carts', ingestedUserListInfo: { uploadKeyTypes: ['CONTACT_ID'] } } }),
  error => error.code === 3 || /already|INVALID/i.test(error.message));
await lists.deleteUserList({ name: made[1].name });
assert.deepEqual(await find(''), [...names.filter(name => name !== names[1]), `Sandbox audience ${listId}`].sort());

console.log(JSON.stringify({ list: listId }));
process.exit(0);
